import { beforeAll, describe, expect, it } from '@jest/globals';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import type { ProblemDocument } from '@touchline/http';
import type { Tenant } from './testing/group.js';
import { GROUPS } from './testing/group.js';
import type { Answer } from './testing/use-api.js';
import { useApi } from './testing/use-api.js';

const UUID = '3f0c2a7e-5b1d-5c8e-9a46-7d2e8b90c1f4';

interface Media {
  schema?: { properties?: { code?: { enum?: string[] } } };
  example?: unknown;
}
interface Operation {
  operationId: string;
  summary?: string;
  tags?: string[];
  security?: object[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, { description: string; content?: Record<string, Media> }>;
}

describe('the OpenAPI document', () => {
  const api = useApi();
  let text = '';
  let operations: { path: string; method: string; operation: Operation }[] = [];
  beforeAll(async () => {
    text = await (await fetch(`${api.url}/docs/openapi.json`)).text();
    const { paths } = JSON.parse(text) as { paths: Record<string, Record<string, Operation>> };
    operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    );
  });
  /** Operations of which this does not hold, by their id. */
  const failing = (holds: (operation: Operation) => boolean): string[] =>
    operations.filter(({ operation }) => !holds(operation)).map(({ operation }) => operation.operationId);

  async function lint(source: string): Promise<string[]> {
    const config = await createConfig({
      extends: ['recommended-strict'],
      // The document is served where the API is, so it names no address.
      rules: { 'no-empty-servers': 'off', 'no-invalid-media-type-examples': 'error' },
    });
    const problems = await lintFromString({ source, absoluteRef: '/openapi.json', config });
    return problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer ?? ''}`);
  }

  it('is valid OpenAPI 3.1, with every reference resolved and every example of the form it illustrates', async () => {
    expect(JSON.parse(text)).toMatchObject({ openapi: '3.1.0' });
    expect(await lint(text)).toEqual([]);
  });

  it.each([
    ['a reference that leads nowhere', '#/components/schemas/PersonDto', '#/components/schemas/Nobody', 'no-unresolved-refs'],
    ['an example of another form', '"contactTaken":true', '"contactTaken":"yes"', 'no-invalid-media-type-examples'],
    ['a misspelt key', '"summary":', '"sumary":', 'operation-summary'],
  ])('would be refused with %s', async (_what, from, to, rule) => {
    expect(text).toContain(from);
    expect((await lint(text.replace(from, to))).join('\n')).toContain(rule);
  });

  it('says of every route what it is, what it answers, with an example', () => {
    expect(operations.length).toBeGreaterThan(4);
    expect(failing(({ summary, tags }) => (summary ?? '') !== '' && tags?.length === 1)).toEqual([]);
    const answers = ({ responses }: Operation): Media[] =>
      Object.entries(responses).flatMap(([status, { content }]) => (status.startsWith('2') ? Object.values(content ?? {}) : []));
    expect(failing((operation) => answers(operation).length === 1)).toEqual([]);
    expect(failing((operation) => answers(operation).every(({ example }) => example !== undefined))).toEqual([]);
    const bodies = ({ requestBody }: Operation): Media[] => Object.values(requestBody?.content ?? {});
    expect(failing((operation) => bodies(operation).every(({ example }) => example !== undefined))).toEqual([]);
  });

  it('says of every route how it fails: problem documents, with the codes they may have', () => {
    const failures = ({ responses }: Operation): Media[] =>
      Object.entries(responses)
        .filter(([status]) => !status.startsWith('2'))
        .map(([, { content }]) => content?.['application/problem+json'] ?? {});
    expect(failing((operation) => failures(operation).length > 0)).toEqual([]);
    expect(failing((operation) => failures(operation).every(({ schema }) => (schema?.properties?.code?.enum ?? []).length > 0))).toEqual(
      [],
    );
    const has = (operation: Operation, ...statuses: number[]): boolean => statuses.every((status) => String(status) in operation.responses);
    expect(failing((operation) => has(operation, 429))).toEqual([]);
    expect(failing((operation) => operation.security?.length === 0 || has(operation, 401, 403))).toEqual([]);
    expect(failing((operation) => operation.requestBody === undefined || has(operation, 400, 413, 415))).toEqual([]);
  });

  it('gives requests that the API takes: their examples have the form that is asked', async () => {
    for (const { path, method, operation } of operations) {
      const example = operation.requestBody?.content['application/json']?.example;
      if (method !== 'post' || example === undefined) continue;
      const { status, body } = await postedBySomebodyAllowed(path.replaceAll(/\{\w+\}/g, UUID), example);
      expect([path, status === 400 ? body : status]).toEqual([path, status]);
    }
  });

  /** The answer to the first who may ask at all. */
  async function postedBySomebodyAllowed(path: string, body: unknown): Promise<Answer<ProblemDocument>> {
    const people = Object.keys(GROUPS.dongfang.users).map((login): [string, Tenant] => [login, 'dongfang']);
    for (const [login, tenant] of [...people, ['ops', 'platform'] as const]) {
      const answer = await (await api.as(login, tenant)).post<ProblemDocument>(path, body);
      if (answer.body.code !== 'role.not-allowed') return answer;
    }
    throw new Error(`nobody may post to ${path}`);
  }
});

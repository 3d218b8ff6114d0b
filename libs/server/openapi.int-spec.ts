import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { Spectral } from '@stoplight/spectral-core';
import type { RulesetDefinition } from '@stoplight/spectral-core';
import { oas } from '@stoplight/spectral-rulesets';
import type { ProblemDocument } from '@touchline/http';
import { joinings } from '@touchline/testing/joining.js';
import type { Tenant } from './testing/group.js';
import { GROUPS } from './testing/group.js';
import type { Answer } from './testing/use-api.js';
import { useApi } from './testing/use-api.js';

const UUID = '3f0c2a7e-5b1d-5c8e-9a46-7d2e8b90c1f4';

interface Media {
  schema?: { $ref?: string };
  example?: unknown;
  examples?: Record<string, unknown>;
}
interface Response {
  $ref?: string;
  description: string;
  headers?: Record<string, unknown>;
  content?: Record<string, Media>;
}
interface Operation {
  operationId: string;
  summary?: string;
  tags?: string[];
  security?: object[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, Response>;
}

describe('the OpenAPI document', () => {
  const api = useApi();
  let text = '';
  let operations: { path: string; method: string; operation: Operation }[] = [];
  beforeAll(async () => {
    text = await (await fetch(`${api.url}/docs/openapi.json`)).text();
    const { paths, components } = JSON.parse(text) as {
      paths: Record<string, Record<string, Operation>>;
      components: { responses: Record<string, Response> };
    };
    const resolved = (response: Response): Response => components.responses[response.$ref?.split('/').at(-1) ?? ''] ?? response;
    operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { responses, ...operation }]) => ({
        ...{ path, method },
        operation: {
          ...operation,
          responses: Object.fromEntries(Object.entries(responses).map(([status, response]) => [status, resolved(response)])),
        },
      })),
    );
  });
  /** Operations of which this does not hold, by their id. */
  const failing = (holds: (operation: Operation) => boolean): string[] =>
    operations.filter(({ operation }) => !holds(operation)).map(({ operation }) => operation.operationId);

  it('stands in docs/openapi.json as it is served (npm run generate:openapi)', async () => {
    expect(JSON.parse(text)).toEqual(JSON.parse(await readFile('docs/openapi.json', 'utf8')));
  });

  async function lint(source: string): Promise<string[]> {
    const config = await createConfig({
      extends: ['recommended-strict'],
      rules: { 'no-invalid-media-type-examples': 'error' },
    });
    const problems = await lintFromString({ source, absoluteRef: '/openapi.json', config });
    return problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer ?? ''}`);
  }

  it('says nowhere that customers can be joined', () => {
    expect(joinings(text)).toEqual([]);
  });

  it('is valid OpenAPI 3.1, with every reference resolved and every example of the form it illustrates', async () => {
    expect(JSON.parse(text)).toMatchObject({ openapi: '3.1.0' });
    expect(await lint(text)).toEqual([]);
  });

  it('passes the recommended rules of Spectral, too', async () => {
    const spectral = new Spectral();
    spectral.setRuleset({ extends: [[oas as RulesetDefinition, 'recommended']] });
    const found = await spectral.run(JSON.parse(text) as Record<string, unknown>);
    expect(found.map(({ code, message, path }) => `${String(code)}: ${message} ${path.join('/')}`)).toEqual([]);
  });

  it.each([
    ['a reference that leads nowhere', '#/components/schemas/PersonDto', '#/components/schemas/Nobody', 'no-unresolved-refs'],
    ['an example of another form', '"contactTaken":true', '"contactTaken":"yes"', 'no-invalid-media-type-examples'],
    ['a misspelt key', '"summary":', '"sumary":', 'operation-summary'],
  ])('would be refused with %s', async (_what, from, to, rule) => {
    expect(text).toContain(from);
    expect((await lint(text.replace(from, to))).join('\n')).toContain(rule);
  });

  it('says of every tag what it gathers, and of every route what it is, what it answers, with an example', () => {
    const { tags } = JSON.parse(text) as { tags: { name: string; description: string }[] };
    expect(tags.filter(({ description }) => description === '')).toEqual([]);
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
    const isOne = ({ schema, examples }: Media): boolean =>
      schema?.$ref === '#/components/schemas/ProblemDocument' && Object.keys(examples ?? {}).length > 0;
    expect(failing((operation) => failures(operation).every(isOne))).toEqual([]);
    const has = (operation: Operation, ...statuses: number[]): boolean => statuses.every((status) => String(status) in operation.responses);
    expect(failing((operation) => has(operation, 405, 408, 429, 500))).toEqual([]);
    expect(failing((operation) => operation.security?.length === 0 || has(operation, 401, 403, 503))).toEqual([]);
    expect(failing((operation) => operation.requestBody === undefined || has(operation, 400, 413, 415))).toEqual([]);
  });

  it('says of every answer what it is and which headers it has, and shows texts that could be', () => {
    const all = ({ responses }: Operation): [string, Response][] => Object.entries(responses);
    expect(failing((operation) => all(operation).every(([, { description }]) => description !== ''))).toEqual([]);
    const has = ({ headers = {} }: Response, ...names: string[]): boolean => names.every((name) => name in headers);
    const limits = ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'];
    expect(failing((operation) => all(operation).every(([, response]) => has(response, 'x-correlation-id', ...limits)))).toEqual([]);
    expect(failing((operation) => all(operation).every(([status, response]) => status !== '429' || has(response, 'retry-after')))).toEqual(
      [],
    );
    expect(failing((operation) => all(operation).every(([status, response]) => status !== '405' || has(response, 'allow')))).toEqual([]);
    const { paths } = JSON.parse(text) as { paths: Record<string, Record<string, Operation>> };
    const others = Object.values(paths).flatMap((methods) => Object.values(methods).map(({ responses }) => responses['405']));
    expect(new Set(others.map((response) => JSON.stringify(response)))).toEqual(new Set(['{"$ref":"#/components/responses/Problem405"}']));
    // `text` is what a field shows whose name says nothing: give it an example, or its name a place in openapi-fields.ts.
    expect(failing((operation) => !JSON.stringify(operation).includes('"text"'))).toEqual([]);
  });

  it('counts in whole numbers: what may be a fraction says so', () => {
    const numbers = [...text.matchAll(/\{[^{}]*"type":(?:"number"|\["number","null"\])[^{}]*\}/g)].map(([schema]) => schema);
    expect(numbers.length).toBeGreaterThan(5);
    expect(numbers.filter((schema) => !schema.includes('"format":"double"'))).toEqual([]);
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

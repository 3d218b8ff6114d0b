import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { WordList } from '@touchline/core';
import { asPosition } from '@touchline/core';
import type { ProblemDocument } from '@touchline/http';
import type { Body, Route } from '@touchline/server/testing/api-document.js';
import { documentedRoutes, withField } from '@touchline/server/testing/api-document.js';
import { eachAtOnce } from '@touchline/server/testing/each-at-once.js';
import { GROUPS } from '@touchline/server/testing/group.js';
import { MALFORMED_BODIES } from '@touchline/server/testing/malformed-bodies.js';
import type { Variant } from '@touchline/server/testing/malformed.js';
import { fitOf } from '@touchline/server/testing/refusals/fits.js';
import { World } from '@touchline/server/testing/refusals/world.js';
import { useApi } from '@touchline/server/testing/use-api.js';
import { touchpointFeatures } from '@touchline/routes';
import { routePermissions } from '@touchline/auth';
import type { Intake } from './intake.js';
import { binary, intakeOf } from './testing/messages.js';
import { dataMisfits } from './testing/misfits.js';
import { takenCommands } from './taken-commands.js';

const taken = takenCommands.map(({ name, path }) => ({ name, path: `/${path}` }));

function jsonObject(text: string | undefined): Body | null {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Body) : null;
  } catch {
    return null;
  }
}

describe('a message and a request', () => {
  const api = useApi();
  let intake: Intake;
  let routes: { name: string; route: Route }[] = [];
  let token = '';
  let world: World;
  beforeAll(async () => {
    intake = intakeOf(api);
    token = (await api.as('fin')).token;
    world = await World.of(api);
    const documented = await documentedRoutes(api.url);
    routes = taken.map(({ name, path }) => {
      const route = documented.find((each) => each.name === `POST ${path}`);
      if (route === undefined) throw new Error(`${path} is not documented`);
      return { name, route };
    });
  });

  it('are taken by the same routes where systems tell of touchpoints', () => {
    // What is about a customer, needs an address or is the caller's own is no touchpoint.
    const forSystems = routePermissions(touchpointFeatures.flatMap(({ controllers }) => controllers)).filter(
      ({ method, permission, path }) =>
        method === 'POST' &&
        permission !== null &&
        permission !== 'public' &&
        permission.scope !== 'self' &&
        permission.roles.includes('service') &&
        !path.startsWith('/customers'),
    );
    expect(taken.map(({ path }) => path).sort()).toEqual(forSystems.map(({ path }) => path));
    expect(taken.map(({ name }) => name).sort()).toEqual([
      ...['call-made', 'call-received', 'complaint-received', 'contract-cancelled', 'contract-signed'],
      ...['handover-completed', 'handover-scheduled', 'progress-told', 'touchpoint-recorded', 'visit-received'],
    ]);
  });

  /** What both say of it, but for where it stands; null where they say the same. */
  async function difference({ name, route }: (typeof routes)[number], { body, headers, what, field }: Variant): Promise<string | null> {
    const sent = body ?? JSON.stringify(route.example ?? {});
    const type = headers?.['content-type'] ?? 'application/json';
    const response = await fetch(api.url + route.path, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'idempotency-key': randomUUID(), 'content-type': type },
      body: sent,
    });
    const { instance: _, detail, ...overHttp } = (await response.json()) as ProblemDocument;
    const message = binary({ type: name, reference: randomUUID(), data: {} });
    const outcome = await intake.take({ headers: { ...message.headers, 'content-type': type }, value: Buffer.from(sent) });
    const { detail: said, ...byMessage } = outcome.kind === 'refused' ? outcome.problem : { detail: 'recorded' };
    // Where the two are sent differs, and so do the words about that.
    const same = JSON.stringify(overHttp) === JSON.stringify(byMessage) && (detail === said || [413, 415].includes(response.status));
    return same ? null : `${name} ${what ?? field ?? ''}: ${JSON.stringify(overHttp)} ${JSON.stringify(byMessage)}`;
  }

  it('have a form in the schema of their kind: the example of each fits, and lacking any required field it does not', () => {
    for (const { name, route } of routes) {
      expect([name, dataMisfits(name, route.example!)]).toEqual([name, '']);
      const required = route.fields.filter((field) => field.required);
      expect(required.length).toBeGreaterThan(1);
      for (const { path, within } of required)
        expect([name, path, dataMisfits(name, withField(within, path, undefined))]).toEqual([
          name,
          path,
          expect.stringContaining('required'),
        ]);
    }
  });

  /** Rules that a schema tells in part or not at all: between fields, of lists that are kept elsewhere, of days there are not. */
  const UNTOLD = ['isAlone', 'isISO4217CurrencyCode', 'isInstant', 'isHeldAmount'];

  const misshapen = MALFORMED_BODIES.filter(({ code }) => code === 'request.invalid');
  it.each(misshapen)('fit the schema just where the form is taken, where $how', async (row) => {
    const differences: string[] = [];
    for (const { name, route } of routes)
      for (const { body } of row.of(route)) {
        const data = jsonObject(body);
        if (data === null) continue;
        const outcome = await intake.take(binary({ type: name, reference: randomUUID(), data }));
        const errors = outcome.kind === 'refused' ? (outcome.problem.errors ?? []) : [];
        const isTold = errors.some(({ rule }) => !UNTOLD.includes(rule));
        const found = dataMisfits(name, data);
        if (found === '' ? isTold : errors.length === 0) differences.push(`${name} ${JSON.stringify(errors)} ${found}`);
      }
    expect(differences).toEqual([]);
  });

  it.each(MALFORMED_BODIES)('are refused alike where $how', async (row) => {
    const cases = routes.flatMap((each) => row.of(each.route).map((variant) => ({ each, variant })));
    expect(cases.length).toBeGreaterThan(0);
    const differences = await eachAtOnce(cases, ({ each, variant }) => difference(each, variant));
    expect(differences.filter((each) => each !== null)).toEqual([]);
  });

  it('are both recorded where they fit, and are then the same command', async () => {
    for (const { name, path } of taken) {
      const { body } = await fitOf(`POST ${path}`, world);
      expect([name, dataMisfits(name, body)]).toEqual([name, '']);
      const reference = randomUUID();
      const outcome = await intake.take(binary({ type: name, reference, data: body }));
      expect([name, outcome]).toEqual([name, expect.objectContaining({ kind: 'recorded', repeated: false })]);
      const answer = await (await api.as('fin')).record(path, body, { 'idempotency-key': reference });
      expect(answer).toEqual(outcome.kind === 'recorded' ? outcome.answer : null);
    }
  });

  it('say a word of the group in any spelling, which is stored as the word, and are refused alike where it is none', async () => {
    const fin = await api.as('fin');
    const lists: WordList[] = ['material', 'risk'];
    const withWords = taken.flatMap(({ name, path }) => {
      const words = Object.entries(api.platform.registry.get(name).words ?? {});
      const said = (spell: (word: string) => string) =>
        Object.fromEntries(
          words.map(([field, list]) => {
            const text = spell(GROUPS.dongfang.words?.[list]?.[0] ?? '');
            return [field, lists.includes(list) ? [text] : text];
          }),
        );
      return words.length === 0 ? [] : [{ name, path, said }];
    });
    expect(withWords.map(({ name }) => name)).toEqual(['call-received', 'complaint-received', 'visit-received']);
    for (const { name, path, said } of withWords) {
      const { body } = await fitOf(`POST ${path}`, world);
      const take = (spell: (word: string) => string) =>
        intake.take(binary({ type: name, reference: randomUUID(), data: { ...body, ...said(spell) } }));
      const outcome = await take((word) => ` ${word.toUpperCase()}\u200B `);
      const position = outcome.kind === 'recorded' ? outcome.answer.position : null;
      const stored = await api.platform.store.eventAt(asPosition(position ?? ''));
      expect([name, JSON.parse(stored?.data ?? '{}')]).toEqual([name, expect.objectContaining(said((word) => word))]);
      const none = (word: string): string => `王芳 ${word}`;
      const overHttp = await fin.post<ProblemDocument>(path, { ...body, ...said(none) });
      const byMessage = await take(none);
      expect([name, overHttp.body.code, overHttp.body.errors?.length]).toEqual([name, 'word.unknown', Object.keys(said(none)).length]);
      expect(byMessage).toMatchObject({ kind: 'refused', problem: { code: 'word.unknown', errors: overHttp.body.errors } });
    }
  });
});

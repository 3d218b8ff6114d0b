import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RecordedAnswer } from '@touchline/http';
import { eventsOf, visited } from './testing/look.js';
import { readables } from './testing/stale-reads.js';
import type { Answer, Client } from './testing/use-api.js';
import { useApi } from './testing/use-api.js';

const TIMES = 100;

describe('commands sent at once', () => {
  const api = useApi();
  let phones = 0;
  /** Eight digits that no earlier run has used. */
  const newNumber = (): string => String(31_000_000 + (phones += 1));

  /** Sends one request many times at once, under one key; returns the answers and what the log grew by. */
  async function atOnce(client: Client, path: string, body: object): Promise<{ answers: Answer<RecordedAnswer>[]; types: string[] }> {
    const key = { 'idempotency-key': randomUUID() };
    const before = await api.countEvents();
    const answers = await Promise.all(Array.from({ length: TIMES }, () => client.post(path, body, key)));
    const types: string[] = [];
    let seen = 0;
    for await (const { type } of api.platform.store.readAll()) if ((seen += 1) > before) types.push(type);
    return { answers, types };
  }

  function expectOneAnswer(answers: Answer<RecordedAnswer>[]): void {
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: TIMES }, () => 201));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  }

  it(`under one key ${TIMES} posts about a journey make one event and ${TIMES} equal answers`, async () => {
    const li = await api.as('li');
    const { journeyId } = await visited(api, li, `138${newNumber()}`);
    const { answers, types } = await atOnce(li, '/calls/made', { occurredAt: api.now, journeyId, reached: true });
    expectOneAnswer(answers);
    expect(types).toEqual(['call-made']);
  });

  it(`under one key ${TIMES} receptions of somebody new make one customer, one journey and ${TIMES} equal answers`, async () => {
    const li = await api.as('li');
    const visit = { occurredAt: api.now, siteId: 'pudong', batchSize: 1, first: true, contactTaken: true };
    const { answers, types } = await atOnce(li, '/visits/received', { ...visit, person: { phone: `138${newNumber()}` } });
    expectOneAnswer(answers);
    expect(types).toEqual([
      'identifier-claimed',
      'customer-registered',
      'customer-identified',
      'journey-opened',
      'journey-owner-assigned',
      'visit-received',
    ]);
  });

  it.each([
    ['unidentified calls', '/calls/received', { siteId: 'pudong', contactTaken: false }, 'contact-recorded'],
    ['complaints', '/complaints/received', { category: 'delivery', account: '交车晚了三天' }, 'complaint-received'],
  ])(`under one key ${TIMES} %s begin one record`, async (_what, path, body, type) => {
    const li = await api.as('li');
    const { journeyId } = await visited(api, li, `138${newNumber()}`);
    const about = path.startsWith('/complaints') ? { journeyId } : {};
    const { answers, types } = await atOnce(li, path, { occurredAt: api.now, ...about, ...body });
    expectOneAnswer(answers);
    expect(types).toEqual([type]);
  });

  it('two or more who receive one new phone number at once end with one customer and one journey, owned by one of them', async () => {
    const receptions = await Promise.all(['li', 'chen', 'zhou', 'he'].map((login) => api.as(login)));
    const spelling = fc.constantFrom(
      (digits: string) => `138${digits}`,
      (digits: string) => `+86 138-${digits.slice(0, 4)}-${digits.slice(4)}`,
      (digits: string) => `0086 138 ${digits}`,
    );
    const reception = fc.record({
      by: fc.nat(receptions.length - 1),
      spelling,
      path: fc.constantFrom('/visits/received', '/calls/received'),
    });
    const several = fc.array(reception, { minLength: 2, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(several, async (all) => {
        const digits = newNumber();
        const answers = await Promise.all(
          all.map(({ by, path, ...as }) =>
            receptions[by]!.record(path, {
              occurredAt: api.now,
              siteId: 'pudong',
              person: { phone: as.spelling(digits) },
              contactTaken: true,
              ...(path === '/visits/received' && { batchSize: 1, first: true }),
            }),
          ),
        );
        const [first] = answers;
        expect(new Set(answers.map(({ customerId }) => customerId))).toEqual(new Set([first!.customerId]));
        expect(new Set(answers.map(({ journeyId }) => journeyId))).toEqual(new Set([first!.journeyId]));
        const journey = await eventsOf(api, 'journey', first!.journeyId!);
        expect(journey.slice(0, 2).map(({ type }) => type)).toEqual(['journey-opened', 'journey-owner-assigned']);
        expect(all.map(({ by }) => receptions[by]!.userId)).toContain(journey[1]!.data['ownerId']);
        expect(new Set(journey.slice(2).map(({ id }) => id))).toEqual(new Set(answers.map(({ eventId }) => eventId)));
        const customer = await eventsOf(api, 'customer', first!.customerId!);
        expect(customer.map(({ type }) => type)).toEqual(['customer-registered', 'customer-identified']);
      }),
      { numRuns: 15 },
    );
  });

  it('with the revision that was read they are taken, and refused once something else has changed it', async () => {
    const { all, last } = await readables(api);
    let before = last;
    for (const { what, read, change } of all) {
      const shown = await read(before);
      const taken = await change(shown);
      expect([what, taken.status, shown]).toEqual([what, 201, expect.any(Number)]);
      expect(taken.body.revision).toBeGreaterThan(Number(shown));
      const stale = await change(shown);
      expect([what, stale.status, stale.body.code]).toEqual([what, 412, 'precondition.stale']);
      expect([what, await read(taken.body)]).toEqual([what, taken.body.revision]);
      before = taken.body;
    }
  });

  it('on a question of who somebody was it is the revision of the customer', async () => {
    const [li, zhou] = [await api.as('li'), await api.as('zhou')];
    const person = { name: '王芳', phone: `138${newNumber()}` };
    const call = { occurredAt: api.now, siteId: 'pudong', contactTaken: true };
    const { customerId } = await li.record('/calls/received', { ...call, person });
    await li.record('/calls/received', { ...call, person: { ...person, name: '林乙' } });
    const asked = await li.record(`/customers/${customerId}/details`, { occupation: '教师' });
    const read = async (after: RecordedAnswer): Promise<{ questionId: string; revision: number; status: string }> => {
      const { items } = await zhou.ask<{ items: { customerId: string; questionId: string; revision: number; status: string }[] }>(
        '/identity-questions',
        after,
      );
      return items.find((each) => each.customerId === customerId)!;
    };
    const settle = ({ questionId, revision }: { questionId: string; revision: number }) =>
      zhou.post(`/customers/${customerId}/settlements`, { questionId, answer: 'family' }, { 'if-match': `"${revision}"` });
    const shown = await read(asked);
    const changed = await li.record(`/customers/${customerId}/details`, { occupation: '会计' });
    expect(await settle(shown)).toMatchObject({ status: 412, body: { code: 'precondition.stale' } });
    const { status, body } = await settle(await read(changed));
    expect([status, shown.status, (await read(body)).status]).toEqual([201, 'open', 'settled']);
  });
});

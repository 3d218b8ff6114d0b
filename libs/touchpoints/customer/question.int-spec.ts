import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { AppendOutcomeUnknown } from '@touchline/event-store';
import type { RecordedAnswer } from '@touchline/http';
import { eventsOf, refused, twice } from '@touchline/server/testing/look.js';
import type { Client } from '@touchline/server/testing/use-api.js';
import { useApi } from '@touchline/server/testing/use-api.js';

interface Asked {
  questionId: string;
  customerId: string;
  about: string;
  atSiteId: string;
  recordedAs: string | null;
  journeyId: string | null;
  stated: { name: string | null } | null;
  answer: string | null;
}

describe('who somebody is, over HTTP', () => {
  const api = useApi({ READ_YOUR_WRITE_TIMEOUT_MS: '20000' });
  let li: Client, sun: Client, qian: Client, zhou: Client;
  beforeAll(async () => {
    [li, sun, qian, zhou] = [await api.as('li'), await api.as('sun'), await api.as('qian'), await api.as('zhou')];
  });
  const visit = (siteId: string, phone: string, name?: string) => ({
    ...{ occurredAt: api.now, siteId, batchSize: 1, first: true, contactTaken: true },
    person: { phone, ...(name !== undefined && { name }) },
  });
  const asked = async (client: Client, after: RecordedAnswer, state = 'open'): Promise<Asked[]> =>
    (await client.ask<{ items: Asked[] }>(`/identity-questions?status=${state}`, after)).items;
  const identifiersOf = (value: string) => ({ identifiers: [{ identifierType: 'phone', value }] });
  const shapeOf = ({ status, body }: { status: number; body: object }) => [status, Object.keys(body).sort()];
  let numbers = 4_100;
  const phone = (): string => `138 0000 ${(numbers += 1)}`;

  describe('known at another site', () => {
    /** Somebody whom `pudong` knows well, and a number that nobody has. */
    async function known(): Promise<{ customerId: string; number: string; free: string }> {
      const number = phone();
      const { customerId = '' } = await li.record('/visits/received', visit('pudong', number, '王芳'));
      await li.record(`/customers/${customerId}/details`, { address: '浦东大道 1 号', employer: '东方' });
      return { customerId, number, free: phone() };
    }

    /** Nothing of the customer, for nobody who works elsewhere. */
    async function isOutOfReach(customerId: string, after: RecordedAnswer): Promise<void> {
      for (const client of [sun, qian]) {
        expect(await client.get(`/customers/${customerId}?after=${after.position}`)).toMatchObject({ status: 404 });
        for (const path of ['status', 'timeline'])
          expect(await client.get(`/customers/${customerId}/${path}`)).toMatchObject({ status: 404 });
        await refused(api, client, 'scope.other-site', `/customers/${customerId}/reveals`, { reason: '回访' });
        await refused(api, client, 'scope.other-site', `/customers/${customerId}/details`, { note: 'x' });
      }
    }

    it.each([
      ['a visit', '/visits/received', (number: string) => visit('yunqili', number, '王女士')],
      ['a call', '/calls/received', (number: string) => ({ ...visit('yunqili', number), batchSize: undefined, first: undefined })],
      ['a registration', '/customers', (number: string) => ({ siteId: 'yunqili', name: '王女士', ...identifiersOf(number) })],
      ['a shared one', '/customers', (number: string) => ({ siteId: 'yunqili', name: '王女士', share: true, ...identifiersOf(number) })],
    ])('is not told by the answer to %s of somebody with their number, which is recorded', async (_, path, body) => {
      const { customerId, number, free } = await known();
      for (const client of [sun, qian]) {
        const [met, other] = [await client.post(path, body(number)), await client.post(path, body(free))];
        if (client === sun) expect(shapeOf(met)).toEqual([201, shapeOf(other)[1]]);
        expect(met.body.customerId ?? customerId).not.toBe(customerId);
        await isOutOfReach(customerId, met.body);
        if (path === '/customers') break;
      }
      // Nobody is locked out of their own.
      expect(await li.record('/visits/received', visit('pudong', number))).toMatchObject({ customerId });
      expect(await (await api.as('gao')).record('/visits/received', visit('pudong', number))).toMatchObject({ customerId });
    });

    it('nor by further identifiers of somebody of their own', async () => {
      const { customerId, number } = await known();
      const own = await sun.record('/customers', { siteId: 'yunqili', name: '赵敏' });
      const added = await sun.record(`/customers/${own.customerId}/identifiers`, identifiersOf(number));
      expect(added).toMatchObject({ customerId: own.customerId });
      await isOutOfReach(customerId, added);
      expect(await asked(zhou, added)).toContainEqual(
        expect.objectContaining({ customerId, recordedAs: own.customerId, atSiteId: 'yunqili' }),
      );
    });

    it('is recorded apart where they are named by their id: a call, a visit, a complaint, each once', async () => {
      const { customerId } = await known();
      const { person: _, ...met } = { ...visit('yunqili', ''), customerId };
      const call = await twice(api, sun, '/visits/received', met);
      const complaint = await twice(api, qian, '/complaints/received', {
        ...{ occurredAt: api.now, siteId: 'yunqili', customerId, category: 'leakage', account: '厨房渗水' },
      });
      const [first] = await eventsOf(api, 'complaint', complaint.complaintId ?? '');
      expect(first?.meta.subjects.customer).toBe(call.customerId);
      expect(call.customerId).not.toBe(customerId);
      await isOutOfReach(customerId, complaint);
      const journeyOfOurs = await li.record('/visits/received', visit('pudong', phone()));
      await refused(api, li, 'customer.unknown', '/journeys/identified', {
        journeyId: journeyOfOurs.journeyId,
        customerId: call.customerId,
      });
    });

    it.each([
      ['a visit', '/visits/received', (): object => ({ ...visit('yunqili', ''), person: undefined })],
      [
        'a complaint',
        '/complaints/received',
        (): object => ({ occurredAt: api.now, siteId: 'yunqili', category: 'leakage', account: '渗水' }),
      ],
    ])('is asked of nobody for %s that is refused, whose key then stands for whomever else it names', async (_, path, met) => {
      const [one, another] = [await known(), await known()];
      const headers = { 'idempotency-key': randomUUID() };
      const tooEarly = new Date(Date.parse(api.now) + 3_600_000).toISOString();
      for (const [code, wrong] of [
        ['occurred-at.in-future', { occurredAt: tooEarly }],
        ['user.unknown', { responsibleId: randomUUID() }],
      ] as const)
        await refused(api, sun, code, path, { ...met(), customerId: one.customerId, ...wrong }, headers);
      await refused(api, sun, 'precondition.stale', path, { ...met(), customerId: one.customerId }, { ...headers, 'if-match': '"5"' });
      const recorded = await sun.record(path, { ...met(), customerId: another.customerId }, headers);
      const questions = (await asked(zhou, recorded)).filter(({ customerId }) => [one.customerId, another.customerId].includes(customerId));
      expect(questions).toEqual([expect.objectContaining({ customerId: another.customerId, about: 'known-elsewhere' })]);
      if (recorded.customerId !== undefined) expect(questions[0]?.recordedAs).toBe(recorded.customerId);
    });

    it('is asked at the next try where the one before was cut short, and a try after that is the same customer', async () => {
      const { customerId } = await known();
      const headers = { 'idempotency-key': randomUUID() };
      const met = { ...visit('yunqili', ''), person: undefined, customerId };
      const { store } = api.platform;
      const append = store.append.bind(store);
      // Only that somebody new was registered gets through.
      store.append = (stream, ...rest) =>
        rest[0] === 'no-stream' && stream.includes('customer')
          ? append(stream, ...rest)
          : Promise.reject(new AppendOutcomeUnknown('no answer'));
      try {
        expect((await sun.post('/visits/received', met, headers)).status).toBe(503);
      } finally {
        store.append = append;
      }
      const recorded = await sun.record('/visits/received', met, headers);
      expect(await asked(zhou, recorded)).toContainEqual(expect.objectContaining({ customerId, recordedAs: recorded.customerId }));
      expect(await sun.record('/visits/received', met, headers)).toEqual(recorded);
    });

    it('is asked of their own site, which shares them or keeps them apart, once', async () => {
      const { customerId, number } = await known();
      const met = await sun.record('/visits/received', visit('yunqili', number, '王女士'));
      const [question] = (await asked(zhou, met)).filter((each) => each.customerId === customerId);
      expect(question).toMatchObject({
        about: 'known-elsewhere',
        atSiteId: 'yunqili',
        recordedAs: met.customerId,
        stated: { name: '王女士' },
      });
      expect((await asked(qian, met)).map((each) => each.customerId)).not.toContain(customerId);
      const path = `/customers/${customerId}/settlements`;
      const share = { questionId: question?.questionId, answer: 'share' };
      await refused(api, qian, 'scope.other-site', path, share);
      await refused(api, sun, 'role.not-allowed', path, share);
      const settled = await twice(api, zhou, path, share);
      await refused(api, zhou, 'question.settled', path, share);
      expect(await sun.ask(`/customers/${customerId}`, settled)).toMatchObject({ name: '王芳', siteIds: ['yunqili'] });
      expect(await sun.record(`/customers/${customerId}/reveals`, { reason: '回访' })).toMatchObject({ details: { employer: '东方' } });
      expect((await asked(zhou, settled, 'settled'))[0]).toMatchObject({ questionId: question?.questionId, answer: 'share' });
    });
  });

  describe('another name at the same number', () => {
    it('is kept with the contact and asked about, once a name, and settled', async () => {
      const number = phone();
      const first = await li.record('/visits/received', visit('pudong', number, '陈甲'));
      const { customerId = '' } = first;
      const call = { occurredAt: api.now, siteId: 'pudong', contactTaken: true };
      let last: RecordedAnswer | undefined;
      for (const name of ['林乙', '黄丙', '林 乙', '陈先生', '陈甲'])
        last = await li.record('/calls/received', { ...call, person: { phone: number, name } });
      expect(last).toMatchObject({ customerId });
      for (const { eventId } of [first, last!])
        expect(await li.ask(`/touchpoints/${eventId}/texts`, last)).toMatchObject({ texts: { stated: { name: '陈甲' } } });
      expect(JSON.stringify(await eventsOf(api, 'journey', first.journeyId ?? ''))).not.toMatch(/陈甲|林乙|黄丙|陈先生/);
      const questions = (await asked(zhou, last!)).filter((each) => each.customerId === customerId);
      questions.sort((a, b) => (a.stated?.name ?? '').localeCompare(b.stated?.name ?? '', 'zh'));
      expect(questions.map(({ about, stated, journeyId }) => [about, stated?.name, journeyId])).toEqual([
        ['other-name', '黄丙', first.journeyId],
        ['other-name', '林乙', first.journeyId],
      ]);
      const path = `/customers/${customerId}/settlements`;
      const [huang, lin] = questions;
      await zhou.record(path, { questionId: huang?.questionId, answer: 'wrong-number', note: '打错了' });
      await refused(api, zhou, 'question.other-answers', path, { questionId: lin?.questionId, answer: 'share' });
      const settled = await zhou.record(path, { questionId: lin?.questionId, answer: 'family' });
      expect((await asked(zhou, settled)).filter((each) => each.customerId === customerId)).toEqual([]);
      expect(JSON.stringify(await eventsOf(api, 'customer', customerId))).not.toMatch(/林乙|黄丙|打错/);
    });
  });
});

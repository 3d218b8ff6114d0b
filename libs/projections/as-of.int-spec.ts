import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ProblemDocument, RecordedAnswer } from '@touchline/http';
import { Waiting, whileWaiting } from '@touchline/http';
import { Replay } from '@touchline/replay';
import { useApi } from '@touchline/server/testing/use-api.js';
import { recordSkip } from '@touchline/subscriptions';
import type { AsOfShown } from './as-of.dto.js';
import { queryOn } from './sql-query.js';
import type { CustomerStatusShown, StatusDiffShown } from './customer-status/customer-status.dto.js';
import { statusChanges } from './customer-status/status-changes.js';
import type { TimelinePageShown } from './customer-timeline/customer-timeline.dto.js';
import type { FunnelShown, JourneyPageShown, JourneyShown } from './journey-stages/journey-stages.dto.js';
import { Teller, yuan } from './testing/tell.js';

const at = (month: number, day: number): string => `2026-0${month}-${String(day).padStart(2, '0')}T02:00:00.000Z`;

describe('as-of over HTTP (ADR 0016)', () => {
  const api = useApi();
  const li = new Teller(api, 'li');
  const ids = { wang: '', journey: '', home: '', second: '', zhao: '' };
  let last: RecordedAnswer;
  let passer: RecordedAnswer;
  let beforeCorrection: RecordedAnswer;

  beforeAll(async () => {
    api.now = at(3, 2);
    const came = await li.came(at(3, 2), { siteId: 'pudong', phone: '13800000001', name: '王芳', media: 'radio' });
    [ids.wang, ids.journey] = [came.customerId ?? '', came.journeyId ?? ''];
    const call = await li.called(at(3, 1), ids.journey, { durationSeconds: 60 });
    api.now = at(3, 20);
    await li.quoted(at(3, 20), ids.journey);
    ids.second = (await li.came(at(3, 20), { siteId: 'pudong', phone: '13800000003', productLine: 'kaixuan' })).journeyId ?? '';
    passer = await li.unidentified(at(3, 1), 'pudong', 'call');
    api.now = at(4, 10);
    // Told late: it was signed in March.
    beforeCorrection = await li.signed(at(3, 28), ids.journey, yuan(268_000));
    await li.called(at(3, 3), ids.journey, { durationSeconds: 90, corrects: call.eventId ?? '' });
    await li.lost(at(4, 9), ids.second);
    await li.tied(passer.contactId ?? '', ids.journey);
    api.now = at(5, 2);
    const home = await new Teller(api, 'sun').came(at(5, 2), { siteId: 'yunqili', phone: '13800000001' });
    ids.home = home.journeyId ?? '';
    last = await li.complained(at(5, 1), ids.journey);
    api.now = at(6, 1);
  });

  const ask = async <T extends object>(path: string, as = 'audit'): Promise<T & { asOf?: AsOfShown }> => (await api.as(as)).ask(path, last);
  const status = (query: string, as?: string): Promise<CustomerStatusShown> => ask(`/customers/${ids.wang}/status?${query}`, as);
  const typesOf = ({ items }: TimelinePageShown): string[] => items.map(({ type }) => type);

  it.each(['li', 'sun', 'audit'])('now, of all that has happened, is what the live rows say to %s', async (as) => {
    const paths = [
      `/customers/${ids.wang}/status?`,
      `/customers/${ids.wang}/timeline?`,
      `/customers/${ids.wang}/timeline?type=call-made&order=asc&limit=1`,
      ...(as === 'sun' ? [] : [`/journeys/${ids.journey}?`, `/journeys/${ids.journey}/timeline?`]),
      '/funnel?',
      '/funnel?by=monthOpened&status=closed',
      '/funnel?by=siteId',
      '/funnel/journeys?reachedStageId=quote-and-order&outcome=entered',
      '/funnel/journeys?limit=1',
      '/funnel/journeys?monthOpened=2026-03&order=asc',
    ];
    for (const path of paths) {
      const live = await ask(path, as);
      expect([path, live.asOf]).toEqual([path, undefined]);
      for (const moment of [`knownBy=${last.position}`, `happenedBy=${at(6, 1)}`, `happenedBy=${at(6, 1)}&knownBy=${at(6, 1)}`]) {
        const { asOf, ...then } = await ask(`${path}&${moment}`, as);
        expect([path, then]).toEqual([path, live]);
        expect(asOf?.events.total).toBeGreaterThanOrEqual(0);
      }
    }
  });

  it('settles what a status was at the end of March: as known then, and as known now', async () => {
    const march = `happenedBy=${at(3, 31)}`;
    expect(await status(`${march}&knownBy=${at(3, 31)}`)).toMatchObject({
      lifecycle: 'intending',
      category: 'prospect',
      touchpoints: 3,
      journeys: { total: 1, bought: 0 },
    });
    const known = await status(march);
    expect(known).toMatchObject({
      lifecycle: 'committed',
      category: 'owner',
      touchpoints: 5,
      bought: [{ currency: 'CNY', amount: 26_800_000, contracts: 1 }],
      complaints: { total: 0 },
      siteIds: ['pudong'],
    });
    expect(known.asOf).toMatchObject({ happenedBy: at(3, 31), knownBy: null, position: last.position });
    const live = await status('');
    expect([live.journeys.total, live.complaints.total]).toEqual([2, 1]);
  });

  it('names the events it stands on, corrections and ties among them, page by page', async () => {
    const types: string[] = [];
    let after = '';
    do {
      const { asOf } = await status(`happenedBy=${at(3, 31)}&events=4${after}`);
      expect(asOf?.events.total).toBe(11);
      types.push(...(asOf?.events.items ?? []).map(({ type }) => type));
      after = asOf?.events.next === null ? '' : `&eventsAfter=${asOf?.events.next}`;
    } while (after !== '');
    expect(types.filter((type) => !type.startsWith('customer'))).toEqual([
      ...['journey-opened', 'journey-owner-assigned', 'visit-received', 'call-made', 'quote-issued', 'contact-recorded'],
      ...['contract-signed', 'call-made', 'contact-tied'],
    ]);
    const { asOf } = await status(`knownBy=${beforeCorrection.position}&events=0`);
    expect(asOf?.events).toMatchObject({ items: [], next: null });
    const [corrected] = (await status(`happenedBy=${at(3, 31)}`)).asOf?.events.items.filter(({ corrects }) => corrects !== null) ?? [];
    expect(corrected).toMatchObject({ type: 'call-made', occurredAt: at(3, 3), recordedAt: at(4, 10) });
  });

  it('tells a timeline and a journey of then: a tie from the start, a correction in place of what it corrects', async () => {
    const path = `/customers/${ids.wang}/timeline?order=asc&happenedBy=${at(3, 2)}`;
    expect(typesOf(await ask(`${path}&knownBy=${at(3, 31)}`))).toEqual(['call-made', 'visit-received']);
    expect(typesOf(await ask(path))).toEqual(['contact-recorded', 'visit-received']);
    const entry = await ask<TimelinePageShown>(`/journeys/${ids.journey}/timeline?type=call-made&happenedBy=${at(3, 31)}`);
    expect(entry.items).toMatchObject([
      { occurredAt: at(3, 3), details: { durationSeconds: 90 }, corrections: [{ recordedAt: at(4, 10) }] },
    ]);
    const before = await ask<TimelinePageShown>(`/journeys/${ids.journey}/timeline?type=call-made&knownBy=${beforeCorrection.position}`);
    expect(before.items).toMatchObject([{ occurredAt: at(3, 1), details: { durationSeconds: 60 }, corrections: [] }]);
    const journey = await ask<JourneyShown>(`/journeys/${ids.journey}?knownBy=${at(3, 31)}`);
    expect(journey).toMatchObject({ status: 'open', contract: null, openedAt: at(3, 1), asOf: { events: { total: 5 } } });
    expect(await ask<JourneyShown>(`/journeys/${ids.journey}`)).toMatchObject({ status: 'won', openedAt: at(3, 2) });
  });

  it('counts a funnel of then, and opens each figure to its journeys and their events', async () => {
    const march = await ask<FunnelShown>(`/funnel?happenedBy=${at(3, 31)}&knownBy=${at(3, 31)}`);
    expect(march.overall).toMatchObject({ opportunities: 2, open: 2, won: 0, lost: 0 });
    expect((await ask<FunnelShown>(`/funnel?happenedBy=${at(3, 31)}`)).overall).toMatchObject({ opportunities: 2, open: 1, won: 1 });
    expect((await ask<FunnelShown>(`/funnel?happenedBy=${at(4, 30)}`)).overall).toMatchObject({ opportunities: 2, won: 1, lost: 1 });
    const won = await ask<JourneyPageShown>(`/funnel/journeys?status=won&happenedBy=${at(3, 31)}&events=2`);
    expect(won.items).toMatchObject([{ journeyId: ids.journey, contract: { price: { amount: 26_800_000 } } }]);
    expect(won.asOf?.events).toMatchObject({ total: 7, items: [{ type: 'journey-opened' }, {}], next: expect.any(String) });
    const lost = await ask<FunnelShown>(`/funnel?status=lost&happenedBy=${at(4, 30)}`);
    expect(lost.asOf?.events.items.map(({ type }) => type).at(-1)).toBe('journey-lost');
  });

  it('tells what differs between two moments, and by which events it changed', async () => {
    interface Differs extends Omit<StatusDiffShown, 'changes'> {
      changes: Map<string, [unknown, unknown, string[]]>;
    }
    const diff = async (query: string, as = 'audit'): Promise<Differs> => {
      const { changes, ...rest } = await ask<StatusDiffShown>(`/customers/${ids.wang}/status/diff?${query}`, as);
      return { ...rest, changes: new Map(changes.map(({ field, from, to, by }) => [field, [from, to, by.map(({ type }) => type)]])) };
    };
    const march = at(3, 31);
    // What was it at the end of March, and what do we know of that day by now?
    const known = await diff(`from=${march}&happenedBy=${march}`);
    expect([known.from, known.to]).toMatchObject([
      { happenedBy: march, knownBy: march },
      { happenedBy: march, knownBy: null, position: last.position },
    ]);
    expect(known.changes.get('lifecycle')).toEqual(['intending', 'committed', ['contract-signed']]);
    expect(known.changes.get(`journey.${ids.journey}.contract.signedAt`)).toEqual([null, at(3, 28), ['contract-signed']]);
    expect(known.changes.get('touchpoints')).toEqual([3, 5, ['contract-signed', 'contact-tied']]);
    expect(known.changes.get(`journey.${ids.journey}.openedAt`)).toEqual([at(3, 1), at(3, 2), ['call-made']]);
    expect(known.changes.has('siteIds.yunqili')).toBe(false);
    // And what happened since.
    const since = await diff(`from=${march}&knownBy=${last.position}`);
    expect([...since.changes.keys()].filter((field) => !field.includes('.'))).toEqual(['lastTouchAt', 'touchpoints']);
    expect(since.changes.get('complaints.open')).toEqual([0, 1, ['complaint-received']]);
    expect(since.changes.get('siteIds.yunqili')).toEqual([null, true, ['journey-opened']]);
    const back = await diff(`from=${last.position}&to=${beforeCorrection.position}`);
    expect(back.changes.get('siteIds.yunqili')).toEqual([true, null, ['journey-opened']]);
    const born = await diff(`from=${at(2, 1)}&to=${march}`, 'li');
    expect(born.changes.get('category')).toEqual([null, 'prospect', expect.any(Array)]);
    const { status: code } = await (await api.as('sun')).get(`/customers/${ids.wang}/status/diff?from=${at(2, 1)}&to=${march}`);
    expect(code).toBe(404);
  });

  it('tells what differs page by page, and how much that is', async () => {
    const page = (query: string): Promise<StatusDiffShown> =>
      ask(`/customers/${ids.wang}/status/diff?from=${at(2, 1)}&to=${last.position}&${query}`);
    const whole = await page('limit=200');
    expect([whole.next, whole.changesTotal]).toEqual([null, whole.changes.length]);
    expect(whole.changes.length).toBeGreaterThan(14);
    const changes: StatusDiffShown['changes'] = [];
    let cursor = '';
    do {
      const { next, ...part } = await page(`limit=7${cursor}`);
      expect(part.changes.length).toBeLessThanOrEqual(7);
      expect(part.changesTotal).toBe(whole.changesTotal);
      changes.push(...part.changes);
      expect(changes.length).toBeLessThanOrEqual(whole.changesTotal);
      cursor = next === null ? '' : `&cursor=${next}`;
    } while (cursor !== '');
    expect(changes).toEqual(whole.changes);
    const other = await (await api.as('audit')).get(`/customers/${ids.wang}/status/diff?from=${at(2, 1)}&cursor=nonsense`);
    expect(other).toMatchObject({ status: 400, body: { code: 'cursor.malformed' } });
  });

  it('works out no further what differs once nobody waits for it, though all was read', async () => {
    const { pool, services, store } = api.platform;
    const upTo = (await store.head())!;
    const waiting = new Waiting();
    const histories = Reflect.get(Replay.prototype, 'histories');
    const read = jest.spyOn(Replay.prototype, 'histories').mockImplementation(async function (this: Replay, ...asked) {
      const found = await histories.apply(this, asked);
      waiting.leave();
      return found;
    });
    try {
      const deps = { ...services.deps, store, ask: queryOn(pool) };
      const changes = new Promise((resolve) =>
        whileWaiting(waiting, () =>
          resolve(statusChanges(deps, { tenant: 'dongfang', sites: 'all' }, ids.wang, { upTo, happenedBy: at(2, 1) }, { upTo })),
        ),
      );
      await expect(changes).rejects.toMatchObject({ name: 'AbortError' });
    } finally {
      read.mockRestore();
    }
  });

  it('finds a contact under whom it was tied to then, though it is tied to nobody by now', async () => {
    const untie = { contactId: passer.contactId, occurredAt: at(6, 1), reason: 'another caller' };
    const untied = await (await api.as('li')).record('/contacts/untied', untie);
    const types = async (query: string): Promise<string[]> =>
      typesOf(await (await api.as('audit')).ask(`/customers/${ids.wang}/timeline?${query}`, untied));
    const then = await types(`knownBy=${last.position}`);
    const now = await types(`happenedBy=${at(6, 1)}`);
    expect(now).toEqual(await types(''));
    expect([then.includes('contact-recorded'), now.includes('contact-recorded')]).toEqual([true, false]);
  });

  it('shows each reader what they may see, and tells nothing else apart', async () => {
    expect(await status(`happenedBy=${at(5, 2)}`, 'sun')).toMatchObject({ journeys: { total: 1 }, siteIds: ['yunqili'] });
    const refused = async (path: string, as: string): Promise<unknown> => {
      const { status: code, body } = await (await api.as(as)).get<ProblemDocument>(path);
      return [code, body.code];
    };
    const then = `happenedBy=${at(3, 31)}`;
    expect(await refused(`/customers/${ids.wang}/status?${then}`, 'sun')).toEqual([404, 'customer.unknown']);
    expect(await refused(`/customers/${ids.wang}/timeline?${then}`, 'sun')).toEqual([404, 'customer.unknown']);
    expect(await refused(`/journeys/${ids.journey}?${then}`, 'sun')).toEqual([404, 'journey.unknown']);
    expect(await refused(`/journeys/${ids.journey}/timeline?${then}`, 'sun')).toEqual([404, 'journey.unknown']);
    expect(await refused(`/customers/${ids.wang}/status?happenedBy=${at(2, 1)}`, 'audit')).toEqual([404, 'customer.unknown']);
    const funnel = await ask<FunnelShown>(`/funnel?happenedBy=${at(5, 3)}`, 'sun');
    expect([funnel.overall.opportunities, funnel.asOf?.events.items.every(({ recordedAt }) => recordedAt === at(5, 2))]).toEqual([1, true]);
  });

  it.each(['', 'from=yesterday', 'from=2026-03-31T00:00:00Z&to=soon'])('refuses a comparison by ?%s', async (query) => {
    expect(await (await api.as('audit')).get(`/customers/${ids.wang}/status/diff?${query}`)).toMatchObject({ status: 400 });
  });

  it.each([
    ['knownBy=yesterday', 'position.malformed'],
    ['knownBy=ffffffffffffffff', 'position.malformed'],
    ['happenedBy=2026-03-31', 'request.invalid'],
    ['happenedBy=2026-03-31T00:00:00Z&eventsAfter=nonsense', 'position.malformed'],
    ['happenedBy=2026-03-31T00:00:00Z&events=1001', 'request.invalid'],
  ])('refuses ?%s as %s', async (query, code) => {
    for (const path of [`/customers/${ids.wang}/status`, `/customers/${ids.wang}/timeline`, `/journeys/${ids.journey}`, '/funnel'])
      expect(await (await api.as('audit')).get(`${path}?${query}`)).toMatchObject({ status: 400, body: { code } });
  });

  it('leaves out what a view skips, as the live one does, and tells the same of the rest', async () => {
    const { deps } = api.platform.services;
    const eventId = beforeCorrection.eventId ?? '';
    const skip = { projection: 'customer-status', eventId, stream: `journey-dongfang.${ids.journey}`, reason: 'for this test' };
    const trace = { commandId: randomUUID(), requestHash: '', correlationId: '', causationId: '' };
    const request = { tenant: 'dongfang', actor: { kind: 'user' as const, id: (await api.as('admin')).userId }, ...trace };
    const skipped = await recordSkip(deps, request, skip, api.now);
    expect(skipped.kind).toBe('recorded');
    const after = skipped.kind === 'recorded' ? skipped.position : null;
    const live = await (await api.as('audit')).ask<CustomerStatusShown>(`/customers/${ids.wang}/status?after=${after}`);
    expect(live).toMatchObject({ lifecycle: 'intending', category: 'prospect' });
    const { asOf, ...then } = await status(`happenedBy=${at(6, 1)}`);
    expect(then).toEqual(live);
    expect(asOf?.events.items.map((event) => event.eventId)).not.toContain(eventId);
    expect((await ask<FunnelShown>(`/funnel?happenedBy=${at(6, 1)}`)).overall.won).toBe(1);
  });
});

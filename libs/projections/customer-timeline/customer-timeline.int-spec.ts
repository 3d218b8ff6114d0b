import { beforeAll, describe, expect, it } from '@jest/globals';
import type { ProblemDocument, RecordedAnswer } from '@touchline/http';
import { useApi } from '@touchline/server/testing/use-api.js';
import { Teller } from '../testing/tell.js';
import type { ComplaintShown, TimelinePageShown } from './customer-timeline.dto.js';
import type { TimelineEntryShown } from './timeline-entry.dto.js';

const may = (day: number, time = '02:00'): string => `2026-05-${String(day).padStart(2, '0')}T${time}:00.000Z`;

describe('timelines over HTTP', () => {
  const api = useApi();
  const li = new Teller(api, 'li');
  const ids = { customer: '', journey: '', home: '', complaint: '', corrected: '' };
  let last: RecordedAnswer;

  beforeAll(async () => {
    const came = await li.came(may(1), { siteId: 'pudong', phone: '13800000001', name: '王芳' }, { note: '王芳想要红色' });
    ids.customer = came.customerId ?? '';
    ids.journey = came.journeyId ?? '';
    const wrong = await li.called(may(2), ids.journey, { durationSeconds: 60, note: 'a first note' });
    ids.corrected = wrong.eventId ?? '';
    await li.called(may(4), ids.journey, { durationSeconds: 90, corrects: ids.corrected, note: 'another note' });
    // Two entries of one instant, and one told late.
    await li.quoted(may(5), ids.journey);
    await li.called(may(5), ids.journey);
    await li.called(may(3), ids.journey);
    const home = await new Teller(api, 'gao').came(may(6), { siteId: 'yunqili', phone: '13800000001' });
    ids.home = home.journeyId ?? '';
    const complaint = await li.complained(may(7), ids.journey);
    ids.complaint = complaint.complaintId ?? '';
    await li.acknowledged(may(8), ids.complaint);
    const passer = await li.unidentified(may(1, '01:00'), 'pudong', 'visit', { batchSize: 3, first: true });
    last = await li.tied(passer.contactId ?? '', ids.journey);
  });

  async function entries(path: string, query = '', as = 'li', limit = 2): Promise<TimelineEntryShown[]> {
    const items: TimelineEntryShown[] = [];
    let cursor = '';
    do {
      const page: TimelinePageShown = await (await api.as(as)).ask(`${path}?limit=${limit}&${query}${cursor}`, last);
      items.push(...page.items);
      cursor = page.next === null ? '' : `&cursor=${page.next}`;
    } while (cursor !== '');
    return items;
  }
  const told = (items: TimelineEntryShown[]): [string, string][] => items.map(({ type, occurredAt }) => [type, occurredAt]);

  const PUDONG: [string, string][] = [
    ['contact-recorded', may(1, '01:00')],
    ['visit-received', may(1)],
    ['call-made', may(3)],
    ['call-made', may(4)],
    ['quote-issued', may(5)],
    ['call-made', may(5)],
    ['complaint-received', may(7)],
    ['complaint-acknowledged', may(8)],
  ];

  it('tells all of a customer by when it happened, oldest or newest first, whatever the pages', async () => {
    const path = `/customers/${ids.customer}/timeline`;
    for (const limit of [1, 3, 200]) expect(told(await entries(path, 'order=asc', 'li', limit))).toEqual(PUDONG);
    expect(told(await entries(path))).toEqual(PUDONG.toReversed());
    expect(told(await entries(path, '', 'audit'))).toEqual(
      [...PUDONG.slice(0, 6), ['visit-received', may(6)], ...PUDONG.slice(6)].toReversed(),
    );
    expect(told(await entries(path, '', 'sun'))).toEqual([['visit-received', may(6)]]);
  });

  it('filters by type and by time', async () => {
    const path = `/customers/${ids.customer}/timeline`;
    expect(told(await entries(path, `type=quote-issued&type=visit&occurredFrom=${may(1)}&occurredTo=${may(6)}`))).toEqual([
      ['quote-issued', may(5)],
    ]);
    expect(told(await entries(path, `occurredFrom=${may(3)}&occurredTo=${may(5)}`))).toEqual(
      told(await entries(path)).filter(([, at]) => at >= may(3) && at < may(5)),
    );
  });

  it('shows a correction in the place of what it corrects, with what that had said; notes stay sealed', async () => {
    const entry = (await entries(`/journeys/${ids.journey}/timeline`)).find(({ eventId }) => eventId === ids.corrected);
    expect(entry).toMatchObject({ occurredAt: may(4), details: { durationSeconds: 90, reached: true }, sealed: ['note'] });
    expect(entry?.corrections).toMatchObject([
      {
        recordedById: (await api.as('li')).userId,
        replaced: [
          { field: 'durationSeconds', before: 60, sealed: false },
          { field: 'note', before: null, sealed: true },
          { field: 'occurredAt', before: may(2), sealed: false },
        ],
      },
    ]);
    const everything = JSON.stringify(await entries(`/customers/${ids.customer}/timeline`, '', 'audit'));
    for (const personal of ['红色', '王芳', 'a first note', 'another note', '交车晚了三天', '13800000001'])
      expect(everything).not.toContain(personal);
  });

  it('tells a journey apart from the others of its customer', async () => {
    expect(told(await entries(`/journeys/${ids.home}/timeline`, '', 'audit'))).toEqual([['visit-received', may(6)]]);
    expect((await entries(`/journeys/${ids.journey}/timeline`)).map(({ journeyId }) => journeyId)).toEqual(Array(5).fill(ids.journey));
  });

  it('shows a complaint with its course', async () => {
    const complaint: ComplaintShown = await (await api.as('he')).ask(`/complaints/${ids.complaint}`, last);
    expect(complaint).toMatchObject({
      status: 'acknowledged',
      open: true,
      category: 'delivery',
      customerId: ids.customer,
      siteId: 'pudong',
    });
    expect(told(complaint.course.items)).toEqual(PUDONG.slice(6));
    expect(complaint.course.items[0]?.sealed).toEqual(['account']);
  });

  it.each(['customers/:customer/timeline', 'journeys/:journey/timeline', 'complaints/:complaint'])(
    'does not tell an unknown one from one that is not for the reader: /%s',
    async (route) => {
      const path = route.replace(/:(\w+)/, (_, name: 'customer') => ids[name]);
      const answers = [
        await (await api.as('wang', 'huadong')).get<ProblemDocument>(`/${path}`),
        await (await api.as('li')).get<ProblemDocument>(`/${route.replace(/:\w+/, 'nobody')}`),
        ...(route.startsWith('customers') ? [] : [await (await api.as('sun')).get<ProblemDocument>(`/${path}`)]),
      ];
      for (const { status, body } of answers) expect([status, body.detail]).toEqual([404, answers[0]?.body.detail]);
    },
  );
});

describe('traffic over HTTP', () => {
  const api = useApi();

  it('counts calls, visits and what was kept, by site and day of its calendar', async () => {
    const li = new Teller(api, 'li');
    await li.came(may(1), { siteId: 'pudong', phone: '13800000001' });
    await li.came(may(1, '15:59'), { siteId: 'pudong', phone: '13800000002' }, { batchSize: 1 });
    await li.unidentified(may(1, '03:00'), 'pudong', 'visit', { batchSize: 4, first: true });
    await li.unidentified(may(1, '04:00'), 'pudong', 'call');
    // Already the next day at the site; and no first visit.
    await li.came(may(1, '16:00'), { siteId: 'pudong', phone: '13800000001' }, { first: false });
    const last = await new Teller(api, 'sun').came(may(1), { siteId: 'yunqili', phone: '13800000003' });
    const ask = async (as: string, query = ''): Promise<unknown[]> => {
      const client = await api.as(as);
      return (await client.ask<{ days: unknown[] }>(`/traffic?occurredFrom=${may(1)}&occurredTo=${may(3)}${query}`, last)).days;
    };
    const first = {
      siteId: 'pudong',
      day: '2026-05-01',
      calls: 1,
      callsKept: 0,
      visits: 3,
      firstVisits: 3,
      firstVisitsKept: 2,
      people: 7,
      unidentified: 2,
    };
    const second = {
      siteId: 'pudong',
      day: '2026-05-02',
      calls: 0,
      callsKept: 0,
      visits: 1,
      firstVisits: 0,
      firstVisitsKept: 0,
      people: 2,
      unidentified: 0,
    };
    expect(await ask('li')).toEqual([first, second]);
    expect(await ask('audit', '&siteId=pudong')).toEqual([first, second]);
    expect(await ask('sun')).toMatchObject([{ siteId: 'yunqili', visits: 1 }]);
  });
});

import { beforeAll, describe, expect, it } from '@jest/globals';
import type { ProblemDocument, RecordedAnswer } from '@touchline/http';
import { useApi } from '@touchline/server/testing/use-api.js';
import { Teller, yuan } from '../testing/tell.js';
import type { FunnelShown, JourneyPageShown, JourneyShown, ListedJourneyShown } from './journey-stages.dto.js';

type Figures = FunnelShown['overall'];

describe('journeys and their funnel over HTTP', () => {
  const api = useApi();
  const journeys: string[] = [];
  let last: RecordedAnswer;

  beforeAll(async () => {
    const li = new Teller(api, 'li');
    const chen = new Teller(api, 'chen');
    const sun = new Teller(api, 'sun');
    let phone = 13_800_000_000;
    const came = async (teller: Teller, at: string, about: object, siteId = 'pudong'): Promise<string> => {
      last = await teller.came(at, { siteId, phone: String(++phone), ...about });
      journeys.push(last.journeyId ?? '');
      return last.journeyId ?? '';
    };
    const red = { productLine: 'kaixuan', product: 'red', media: 'radio', attributes: { office: 'East', manager: 'Ma' } };
    const blue = { productLine: 'yuanxing', product: 'blue', attributes: { office: 'West' } };
    await came(li, '2026-03-01T02:00:00.000Z', red);
    // At the site it is already 1 April.
    const late = await came(li, '2026-03-31T16:30:00.000Z', red);
    await li.quoted('2026-04-01T04:30:00.000Z', late);
    await li.signed('2026-04-02T16:30:00.000Z', late, yuan(100_000));
    const quick = await came(chen, '2026-04-05T02:00:00.000Z', blue);
    await chen.signed('2026-04-05T14:00:00.000Z', quick, yuan(150_001));
    const gone = await came(chen, '2026-04-06T02:00:00.000Z', blue);
    await chen.quoted('2026-04-07T02:00:00.000Z', gone);
    await chen.lost('2026-04-16T02:00:00.000Z', gone);
    const unlucky = await came(chen, '2026-04-08T02:00:00.000Z', { media: 'radio' });
    await chen.lost('2026-04-09T02:00:00.000Z', unlucky);
    // A quote that was withdrawn takes back the stage it had reached.
    const withdrawn = await came(li, '2026-05-01T02:00:00.000Z', {});
    await li.quoted('2026-05-02T02:00:00.000Z', withdrawn);
    await li.quoteWithdrawn('2026-05-03T02:00:00.000Z', withdrawn);
    const home = await came(sun, '2026-05-10T02:00:00.000Z', { product: 'A-101' }, 'yunqili');
    last = await sun.signed('2026-05-12T02:00:00.000Z', home, yuan(3_000_000));
  });

  const funnel = async (query = '', as = 'audit'): Promise<FunnelShown> => (await api.as(as)).ask(`/funnel?${query}`, last);

  async function rowsOf(query: string, as = 'audit', path = '/funnel/journeys'): Promise<ListedJourneyShown[]> {
    const rows: ListedJourneyShown[] = [];
    let cursor = '';
    do {
      const page: JourneyPageShown = await (await api.as(as)).ask(`${path}?limit=2&${query}${cursor}`, last);
      rows.push(...page.items);
      cursor = page.next === null ? '' : `&cursor=${page.next}`;
    } while (cursor !== '');
    return rows;
  }

  it('counts journeys by what became of them, with values and durations', async () => {
    const { overall, by, slices } = await funnel('siteId=pudong');
    expect([by, slices]).toEqual([null, []]);
    expect(overall).toMatchObject({ opportunities: 6, open: 2, won: 2, lost: 2, closed: 4, winRate: 0.5 });
    expect(overall.wonValue).toEqual([{ currency: 'CNY', journeys: 2, amount: 25_000_100, averageAmount: 12_500_050 }]);
    expect(overall.openedToWon).toEqual({
      journeys: 2,
      medianHours: 30,
      p90Hours: expect.closeTo(44.4, 9),
      medianOccurredHours: 12,
      p90OccurredHours: 48,
      meanHours: 30,
      minHours: 12,
      maxHours: 48,
    });
    expect(overall.openedToLost).toMatchObject({
      ...{ journeys: 2, medianHours: 132, medianOccurredHours: 24 },
      ...{ meanHours: 132, minHours: 24, maxHours: 240 },
    });
    expect(overall.openedToClosed).toMatchObject({ journeys: 4, medianHours: 36, medianOccurredHours: 24, meanHours: 81 });
  });

  it('says of each stage who entered, went on, dropped out, is inside, and how long they stayed', async () => {
    const { overall } = await funnel('siteId=pudong');
    expect(
      overall.stages.map(({ stageId, entered, converted, dropped, inside, takenBack }) => [
        stageId,
        entered,
        converted,
        dropped,
        inside,
        takenBack,
      ]),
    ).toEqual([
      ['reception', 6, 3, 1, 2, 0],
      ['quote-and-order', 3, 0, 1, 2, 1],
    ]);
    expect(overall.stages[0]?.timeInStage).toMatchObject({
      ...{ journeys: 4, medianHours: 18, medianOccurredHours: 12 },
      ...{ minHours: 12, maxHours: 24 },
    });
  });

  it('shows what words of the group are called, and takes any spelling of theirs', async () => {
    await (await api.as('admin')).record('/admin/words/changes', { list: 'media', word: 'radio', zh: '电台', aliases: ['wireless'] });
    const { slices } = await funnel('by=media');
    expect(slices.map(({ key, label }) => [key, label])).toEqual([
      [null, null],
      ['radio', { zh: '电台', en: null }],
    ]);
    for (const spelling of ['电台', 'ＷIRELESS'])
      expect((await funnel(`media=${encodeURIComponent(spelling)}`)).overall.opportunities).toBe(slices[1]?.opportunities);
    expect(await rowsOf(`media=${encodeURIComponent('电台')}`)).toHaveLength(slices[1]?.opportunities ?? 0);
  });

  it.each([
    ['siteId', ['pudong', 'yunqili']],
    ['unitId', ['shanghai-east', 'hangzhou']],
    ['productLine', ['kaixuan', 'yuanxing', 'apartments']],
    ['product', ['A-101', 'blue', 'red', null]],
    ['media', [null, 'radio']],
    ['playbookId', ['auto-ssp9', 'real-estate-6plus2']],
    ['playbookVersion', ['auto-ssp9@1', 'real-estate-6plus2@1']],
    ['monthOpened', ['2026-03', '2026-04', '2026-05']],
    ['monthClosed', [null, '2026-04', '2026-05']],
    ['attribute:office', [null, 'East', 'West']],
    ['attribute:__proto__', [null]],
  ])('slices by %s', async (by, keys) => {
    const { slices, more } = await funnel(`by=${by}`);
    expect([slices.map(({ key }) => key).sort(), more]).toEqual([[...keys].sort(), false]);
    expect(slices.reduce((sum, slice) => sum + slice.opportunities, 0)).toBe(7);
  });

  it('takes months by the calendar of the site', async () => {
    const { slices } = await funnel('by=monthOpened&siteId=pudong');
    expect(slices.map(({ key, opportunities }) => [key, opportunities])).toEqual([
      ['2026-04', 4],
      ['2026-03', 1],
      ['2026-05', 1],
    ]);
  });

  it('gives the largest slices, and says that there are more', async () => {
    const { slices, more } = await funnel('by=customerId&slices=3');
    expect([slices.length, more]).toEqual([3, true]);
  });

  const figuresOf = (figures: Figures): [number, string][] => [
    [figures.opportunities, ''],
    [figures.open, 'status=open'],
    [figures.won, 'status=won'],
    [figures.openedToWon.journeys, 'status=won'],
    [figures.lost, 'status=lost'],
    [figures.openedToLost.journeys, 'status=lost'],
    [figures.closed, 'status=closed'],
    [figures.openedToClosed.journeys, 'status=closed'],
    ...figures.wonValue.map(({ currency, journeys }): [number, string] => [journeys, `status=won&currency=${currency}`]),
    ...figures.stages.flatMap(({ playbookId, stageId, ...counts }) => {
      const at = `playbookId=${playbookId}&reachedStageId=${stageId}`;
      return (['entered', 'converted', 'dropped', 'inside'] as const)
        .map((outcome): [number, string] => [counts[outcome], `${at}&outcome=${outcome}`])
        .concat([
          [counts.entered, at],
          [counts.takenBack, `${at}&outcome=taken-back`],
          [counts.timeInStage.journeys, `${at}&outcome=left`],
        ]);
    }),
  ];

  it.each(['siteId', 'ownerId', 'monthOpened', 'monthClosed', 'playbookVersion', 'attribute:office'])(
    'opens every figure of a slice by %s to exactly its rows',
    async (by) => {
      const { slices } = await funnel(`by=${by}`);
      for (const { key, ...figures } of slices) {
        const attribute = by.startsWith('attribute:');
        const slice = attribute ? `attribute=${by.slice(10)}:${key ?? ''}` : `${by}=${key ?? ''}`;
        for (const [count, opens] of figuresOf(figures)) {
          const rows = await rowsOf(`${slice}&${opens}`);
          expect([slice, opens, new Set(rows.map(({ journeyId }) => journeyId)).size]).toEqual([slice, opens, count]);
        }
      }
    },
  );

  it.each(['li', 'sun', 'audit'])('shows %s the journeys of their sites, in list and funnel alike', async (as) => {
    const rows = await rowsOf('', as, '/journeys');
    expect(rows.length).toBe({ li: 6, sun: 1, audit: 7 }[as]);
    expect(rows.map(({ openedAt }) => openedAt)).toEqual(
      rows
        .map(({ openedAt }) => openedAt)
        .sort()
        .reverse(),
    );
    expect((await funnel('', as)).overall.opportunities).toBe(rows.length);
    const ascending = await rowsOf('order=asc', as, '/journeys');
    expect(ascending).toEqual(rows.toReversed());
  });

  it('filters by period, standing stage and several attributes at once', async () => {
    const ids = async (query: string): Promise<string[]> => (await rowsOf(query, 'audit', '/journeys')).map(({ journeyId }) => journeyId);
    expect(await ids('openedFrom=2026-04-01T00:00:00%2B08:00&openedTo=2026-04-05T00:00:00Z')).toEqual([journeys[1]]);
    expect(await ids('closedFrom=2026-04-09T02:00:00Z&closedTo=2026-04-16T02:00:00Z')).toEqual([journeys[4]]);
    expect(await ids('stageId=quote-and-order&ownerId=' + (await api.as('li')).userId)).toEqual([journeys[1]]);
    expect(await ids('attribute=office:East&attribute=manager:Ma&status=open')).toEqual([journeys[0]]);
  });

  it('shows one journey with its stages, to those who may see its site', async () => {
    const journey: JourneyShown = await (await api.as('chen')).ask(`/journeys/${journeys[3]}`, last);
    expect(journey).toMatchObject({
      journeyId: journeys[3],
      status: 'lost',
      lostKind: 'gave-up',
      stage: { id: 'quote-and-order', order: expect.any(Number), enteredAt: '2026-04-07T02:00:00.000Z' },
      attributes: { office: 'West' },
    });
    expect(journey.stages).toMatchObject([
      { id: 'reception', outcome: 'converted', leftAt: '2026-04-07T02:00:00.000Z' },
      { id: 'quote-and-order', outcome: 'dropped', leftAt: '2026-04-16T02:00:00.000Z' },
    ]);
    const hidden = await (await api.as('sun')).get<ProblemDocument>(`/journeys/${journeys[3]}`);
    const unknown = await (await api.as('sun')).get<ProblemDocument>('/journeys/none');
    expect([hidden.status, hidden.body.detail]).toEqual([404, unknown.body.detail]);
  });

  it.each([
    'by=colour',
    'by=attribute:',
    'by=attribute:a:b',
    'attribute=office',
    'outcome=dropped',
    'openedFrom=yesterday',
    'slices=0',
    'currency=yuan',
  ])('refuses ?%s', async (query) => {
    const path = query.startsWith('outcome') ? '/funnel/journeys' : '/funnel';
    expect(await (await api.as('audit')).get(`${path}?${query}`)).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
  });
});

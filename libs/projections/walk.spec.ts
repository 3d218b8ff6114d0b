import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Projection, RecordedEvent } from '@touchline/core';
import { asPosition } from '@touchline/core';
import { EventRegistry } from '@touchline/event-store';
import type { Moment } from '@touchline/replay';
import { counting, follow, isKnown, rowsOf, standingAsOf, tiesOf, walk } from '@touchline/replay';
import { standingEvents } from '@touchline/subscriptions';
import { storedEvents } from '@touchline/touchpoints/list.js';
import { customerStatusProjection, statusWithoutRevisions } from './customer-status/customer-status.projection.js';
import { customerTimelineProjection } from './customer-timeline/customer-timeline.projection.js';
import { projections } from './index.js';
import type { Act } from './testing/histories.js';
import { actsInTwoOrders, recordActs } from './testing/histories.js';

const isTie = tiesOf(new EventRegistry(storedEvents));

type Walked = [by: string | undefined, rows: string][];

/** Rows as JSON by key, so that the order of their properties counts too. */
const told = (rows: Iterable<[string, object]>): string => JSON.stringify([...rows].sort(([a], [b]) => (a < b ? -1 : 1)));

async function walked(view: Projection, histories: RecordedEvent[][], from: Moment, to: Moment): Promise<Walked> {
  const steps: Walked = [];
  const rows = new Map<string, object>();
  for await (const step of walk(view, histories, from, to, isTie)) {
    follow(rows, step);
    steps.push([step.by?.position, told(rows)]);
  }
  return steps;
}

/** The same plainly: everything is folded anew at every step. */
function plainly(view: Projection, histories: RecordedEvent[][], from: Moment, to: Moment): Walked {
  const by = (instant: string, { happenedBy }: Moment): boolean => happenedBy === undefined || instant <= happenedBy;
  const inTurn = <T extends { comes: boolean }>(steps: T[], key: (step: T) => string): T[] => {
    const sorted = steps.sort((a, b) => (key(a) < key(b) ? -1 : 1));
    return [...sorted.filter(({ comes }) => !comes).reverse(), ...sorted.filter(({ comes }) => comes)];
  };
  const log = histories.flat();
  const known = new Set(log.filter((event) => isKnown(event, from)).map(({ id }) => id));
  const knownOf = (events: RecordedEvent[]): RecordedEvent[] => events.filter(({ id }) => known.has(id));
  const { happenedBy } = from;
  const asKnown = (): string => {
    const standing = histories.map((events) => standingAsOf(knownOf(events), happenedBy === undefined ? {} : { happenedBy }, isTie));
    return told(standing.flatMap((each) => [...rowsOf(view, each)].map(([key, { row }]): [string, object] => [key, row])));
  };
  const steps: Walked = [[undefined, asKnown()]];
  const learnt = log.filter((event) => isKnown(event, to) !== known.has(event.id)).map((event) => ({ event, comes: !known.has(event.id) }));
  for (const { event, comes } of inTurn(learnt, (step) => step.event.position)) {
    if (comes) known.add(event.id);
    else known.delete(event.id);
    steps.push([event.position, asKnown()]);
  }
  const all = histories.map((events) => counting(standingEvents(knownOf(events)), isTie));
  const counted = new Set(all.flat().flatMap((each) => (by(each.from, from) ? [each.event.id] : [])));
  const happened = all
    .flat()
    .filter((each) => by(each.from, from) !== by(each.from, to))
    .map((each) => ({ each, comes: by(each.from, to) }));
  for (const { each, comes } of inTurn(happened, (step) => `${step.each.from} ${step.each.event.position}`)) {
    if (comes) counted.add(each.event.id);
    else counted.delete(each.event.id);
    const rows = all.flatMap((stands) => [
      ...rowsOf(
        view,
        stands.filter(({ event }) => counted.has(event.id)),
      ),
    ]);
    steps.push([(each.versions.at(-1) ?? each.event).position, told(rows.map(([key, { row }]): [string, object] => [key, row]))]);
  }
  return steps;
}

const byStream = (log: RecordedEvent[]): RecordedEvent[][] =>
  [...new Set(log.map(({ stream }) => stream))].map((name) => log.filter(({ stream }) => stream === name));

describe.each(projections.map(({ name, projection }) => ({ name, projection })))(
  'the way between two moments of $name',
  ({ projection }) => {
    it('is step by step what folding everything anew comes to', async () => {
      const moment = fc.record({ place: fc.nat(), minutes: fc.option(fc.integer({ min: -1, max: 25 })) });
      await fc.assert(
        fc.asyncProperty(actsInTwoOrders, moment, moment, async ([acts], one, other) => {
          const log = recordActs(acts);
          const [from, to] = [one, other].map(({ place, minutes }): Moment => ({
            upTo: log[place % log.length]!.position,
            ...(minutes !== null && { happenedBy: new Date(Date.UTC(2026, 2, 2, 9, minutes)).toISOString() }),
          })) as [Moment, Moment];
          const histories = byStream(log);
          expect(await walked(projection, histories, from, to)).toEqual(plainly(projection, histories, from, to));
        }),
        { numRuns: 150 },
      );
    });
  },
);

describe('the way between two moments', () => {
  const about = { category: 'journey', entity: 'j-1', subjects: { journey: 'j-1', site: 'pudong' } } as const;
  const act = (id: string, minute: number, type: string, data: Act['events'][number]['data'], corrects?: string): Act => ({
    ...{ ...about, id, minute, events: [{ type, data }] },
    ...(corrects !== undefined && { corrects }),
  });
  const each = (n: number, of: (index: number) => Act): Act[] => Array.from({ length: n }, (_, index) => of(index));
  const calls = (n: number): Act[] => [
    act('o', 0, 'journey-identified', { customerId: 'c-1' }),
    ...each(n, (index) => act(`c${index}`, 3 * index + 1, 'call-received', { direction: 'in' })),
  ];
  const histories: [string, (n: number) => Act[]][] = [
    [
      'early events corrected late',
      (n) => [...calls(n), ...each(n, (index) => act(`k${index}`, 3 * index + 1, 'call-received', { direction: 'out' }, `c${index}`))],
    ],
    [
      'early events said late to have happened at another time',
      (n) => [...calls(n), ...each(n, (index) => act(`k${index}`, 3 * index + 6, 'call-received', { direction: 'in' }, `c${index}`))],
    ],
    [
      'one event corrected time and again',
      (n) => [
        ...calls(n),
        ...each(n, (index) =>
          act(`k${index}`, 1, 'call-received', { direction: 'in', note: `n${index}` }, index === 0 ? 'c0' : `k${index - 1}`),
        ),
      ],
    ],
    [
      'each cancelled late',
      (n) => [
        ...calls(n),
        ...each(n, (index) => act(`s${index}`, 3 * n + index, 'contract-signed', { number: index + 1, settledQuote: 0 })),
        ...each(n, (index) => act(`x${index}`, 5 * n + index, 'contract-cancelled', { number: index + 1, reason: 'loan' })),
      ],
    ],
  ];
  const views: [string, Projection][] = [
    ['customer-status', statusWithoutRevisions],
    ['customer-timeline', customerTimelineProjection],
  ];
  const ways = views.flatMap(([view, projection]) => histories.map(([history, acts]) => ({ view, projection, history, acts })));

  it.each(ways)('of $view takes twice the folds for twice as many $history, there and back', async ({ projection, acts }) => {
    const folds = async (n: number): Promise<number> => {
      let count = 0;
      const counted: Projection = {
        ...projection,
        evolve: (...args) => {
          count++;
          return projection.evolve(...args);
        },
      };
      const log = recordActs(acts(n));
      const [early, late] = [{ upTo: log[n]!.position }, { upTo: log.at(-1)!.position }];
      for (const [from, to] of [
        [early, late],
        [late, early],
      ] as const)
        for await (const { by } of walk(counted, [log], from, to, isTie)) expect(by?.id).not.toBe('');
      return count;
    };
    const [once, twice] = [await folds(60), await folds(120)];
    expect(twice / once).toBeLessThan(2.3);
  });

  it('ends with whoever waits for it, and lets others have their turn until then', async () => {
    const gone = new AbortController();
    setImmediate(() => gone.abort());
    const log = recordActs(calls(1));
    const endless = Object.assign([], {
      *[Symbol.iterator]() {
        while (true) yield log;
      },
    });
    const going = walk(customerStatusProjection, endless, { upTo: asPosition('') }, {}, isTie, gone.signal).next();
    await expect(going).rejects.toMatchObject({ name: 'AbortError' });
  });
});

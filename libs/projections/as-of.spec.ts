import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Position, RecordedEvent } from '@touchline/core';
import { streamName } from '@touchline/core';
import { EventRegistry } from '@touchline/event-store';
import type { Moment } from '@touchline/replay';
import { follow, rowsOf, standingAsOf, tiesOf, walk } from '@touchline/replay';
import type { StoredProjection } from '@touchline/subscriptions';
import { foldLog } from '@touchline/subscriptions/testing/fold-log.js';
import { by, march } from '@touchline/testing/journeys.js';
import { storedEvents } from '@touchline/touchpoints/list.js';
import { projections } from './index.js';
import { actsInTwoOrders, recordActs } from './testing/histories.js';

type Rows = Map<string, unknown>;

const isTie = tiesOf(new EventRegistry(storedEvents));

/** Recorded one minute after another, so that a place and an instant can mean the same. */
const recorded = (acts: Parameters<typeof recordActs>[0]): RecordedEvent[] =>
  recordActs(acts).map((event, index) => ({ ...event, meta: { ...event.meta, recordedAt: minute(20, index) } }));
const minute = (day: number, minutes: number): string => new Date(Date.parse(march(day)) + minutes * 60_000).toISOString();

/** Every row of a view by replay, stream by stream. */
function replayed(projection: StoredProjection, log: readonly RecordedEvent[], moment: Moment): Rows {
  const streams = [...new Set(log.map(({ stream }) => stream))];
  const rows = streams.flatMap((name) => {
    const events = log.filter(({ stream }) => stream === name);
    return [...rowsOf(projection, standingAsOf(events, moment, isTie)).values()];
  });
  return byKey(rows.map((folded) => [keyOf(projection, folded.row), JSON.parse(JSON.stringify(folded))]));
}

/** The same as the engine gives it, which has seen this log and nothing else. */
const projected = async (projection: StoredProjection, log: readonly RecordedEvent[], size: number): Promise<Rows> =>
  byKey([...(await foldLog(projection, log, size)).rows]);

const keyOf = (projection: StoredProjection, row: object): string =>
  String((row as Record<string, unknown>)[projection.columns[0].property]);
const byKey = (rows: [string, unknown][]): Rows => new Map(rows.sort(([a], [b]) => (a < b ? -1 : 1)));

const TIES = new Set(['contact-tied', 'contact-untied', 'journey-identified']);

/** The log without what had not happened: an event goes with its corrections, by when the last of them says that it was. */
function happened(log: readonly RecordedEvent[], happenedBy: string): RecordedEvent[] {
  const originals = new Map<string, string>();
  for (const { id, meta } of log) originals.set(id, meta.corrects === undefined ? id : (originals.get(meta.corrects) ?? meta.corrects));
  const lastOf = new Map(log.map((event) => [originals.get(event.id), event]));
  const when = (event: RecordedEvent): string => lastOf.get(originals.get(event.id))!.meta.occurredAt;
  const firstOf = (stream: string): string | undefined =>
    log.flatMap((event) => (event.stream === stream && !TIES.has(event.type) ? [when(event)] : [])).sort()[0];
  return log.filter((event) => ((TIES.has(event.type) ? firstOf(event.stream) : undefined) ?? when(event)) <= happenedBy);
}

const history = actsInTwoOrders.map(([acts]) => recorded(acts));
const size = fc.integer({ min: 1, max: 12 });

describe.each(projections.map(({ name, projection }) => ({ name, projection })))('as-of the rows of $name', ({ projection }) => {
  it('at a position, or at the instant it was recorded, are those of a projection that has run up to exactly there (ADR 0016)', async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.nat(), size, async (log, place, batch) => {
        const last = log[place % log.length]!;
        const wanted = await projected(
          projection,
          log.filter(({ position }) => position <= last.position),
          batch,
        );
        expect(replayed(projection, log, { upTo: last.position })).toEqual(wanted);
        expect(replayed(projection, log, { knownBy: last.meta.recordedAt })).toEqual(wanted);
      }),
      { numRuns: 120 },
    );
  });

  it('now, of all that has happened, are the live rows', async () => {
    await fc.assert(
      fc.asyncProperty(history, size, async (log, batch) => {
        const wanted = await projected(projection, log, batch);
        expect(replayed(projection, log, {})).toEqual(wanted);
        expect(replayed(projection, log, { happenedBy: march(31), knownBy: march(31), upTo: log.at(-1)!.position })).toEqual(wanted);
      }),
      { numRuns: 80 },
    );
  });

  it('by when it happened are those of a log that holds nothing later, of all that was known', async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.nat(), fc.integer({ min: -1, max: 25 }), size, async (log, place, minutes, batch) => {
        const upTo = log[place % log.length]!.position;
        const happenedBy = minute(2, 7 * 60 + minutes);
        const known = log.filter(({ position }) => position <= upTo);
        expect(replayed(projection, log, { happenedBy, upTo })).toEqual(await projected(projection, happened(known, happenedBy), batch));
      }),
      { numRuns: 120 },
    );
  });

  it('on the way from one moment to another end as a replay of the other does, and are between those of what was known then', async () => {
    const moment = fc.record({ place: fc.nat(), minutes: fc.integer({ min: -1, max: 25 }) });
    await fc.assert(
      fc.asyncProperty(history, moment, moment, async (log, one, other) => {
        const [from, to] = [one, other].map(({ place, minutes }): Moment & { upTo: Position } => ({
          upTo: log[place % log.length]!.position,
          ...(minutes < 24 && { happenedBy: minute(2, 7 * 60 + minutes) }),
        })) as [Moment & { upTo: Position }, Moment & { upTo: Position }];
        const streams = [...new Set(log.map(({ stream }) => stream))];
        const histories = streams.map((name) => log.filter(({ stream }) => stream === name));
        const steps: unknown[][] = [];
        const rows = new Map<string, object>();
        for await (const step of walk(projection, histories, from, to, isTie)) {
          follow(rows, step);
          steps.push([...byKey([...rows].map(([key, row]) => [key, JSON.parse(JSON.stringify(row))])).values()]);
        }
        const rowsAt = (at: Moment): unknown[] =>
          [...replayed(projection, log, at).values()].map((folded) => (folded as { row: unknown }).row);
        expect(steps[0]).toEqual(rowsAt(from));
        expect(steps.at(-1)).toEqual(rowsAt(to));
        const learnt = log.filter(({ position }) => position > from.upTo && position <= to.upTo);
        for (const [index, { position }] of learnt.entries()) expect(steps[index + 1]).toEqual(rowsAt({ ...from, upTo: position }));
      }),
      { numRuns: 80 },
    );
  });
});

describe('as-of', () => {
  const stream = streamName('contact', 'dongfang', 't-1');
  const event = (revision: number, day: number, type: string, data: object, corrects?: string): RecordedEvent => ({
    ...{
      id: `e${revision}`,
      stream,
      revision,
      type,
      position: String(revision + 1).padStart(16, '0') as Position,
      data: { ...by, ...data },
    },
    meta: {
      ...recordActs([{ id: 'a', category: 'contact', entity: 't-1', minute: 0, events: [{ type, data: {} }], subjects: {} }])[0]!.meta,
      occurredAt: march(day),
      recordedAt: march(10 + revision),
      ...(corrects !== undefined && { corrects }),
    },
  });
  const log = [
    event(0, 2, 'contact-recorded', { kind: 'call' }),
    event(1, 11, 'contact-tied', { customerId: 'c-1', journeyId: 'j-1' }),
    event(2, 4, 'contact-recorded', { kind: 'visit' }, 'e0'),
    event(3, 13, 'contact-untied', { customerId: 'c-1', journeyId: 'j-1' }),
  ];
  const kinds = (moment: Moment): string[] => standingAsOf(log, moment, isTie).map((each) => each.event.type);

  it('counts a tie, and one taken back, from when what it ties happened, if known by then', () => {
    expect(kinds({ happenedBy: march(2), knownBy: march(10) })).toEqual(['contact-recorded']);
    expect(kinds({ happenedBy: march(2), knownBy: march(11) })).toEqual(['contact-recorded', 'contact-tied']);
    expect(kinds({ happenedBy: march(4) })).toEqual(['contact-recorded', 'contact-tied', 'contact-untied']);
  });

  it('takes a correction at its word, also on when it happened, once that is known', () => {
    const told = (moment: Moment): unknown[] => standingAsOf(log, moment, isTie).map((each) => each.event.data['kind']);
    expect(told({ happenedBy: march(3), upTo: log[0]!.position })).toEqual(['call']);
    expect(told({ happenedBy: march(3) })).toEqual([]);
    expect(told({ happenedBy: march(4), upTo: log[2]!.position })).toEqual(['visit', undefined]);
  });
});

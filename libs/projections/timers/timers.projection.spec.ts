import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RecordedEvent } from '@touchline/core';
import { TIMER_SHARDS, defineTimer, instantAfter, timerShard } from '@touchline/core';
import { standingEvents } from '@touchline/subscriptions';
import { contentsOf, foldLog, foldWhole } from '@touchline/subscriptions/testing/fold-log.js';
import { commandNamed, timerDefinitions } from '@touchline/touchpoints/list.js';
import type { Given } from '@touchline/testing/given-when-then.js';
import { recordedEvent } from '@touchline/testing/given-when-then.js';
import { timersOf, timersProjection } from './timers.projection.js';

const STREAM = 'erasure-test.c-1';
const KEY = `erasure-unfinished:${STREAM}`;

/** What is open after these events of one stream, as the log would give them back. */
const open = (...given: Given[]) => {
  const events = given.map((each, index) => recordedEvent(each, index, STREAM));
  const rows = foldWhole(
    timersProjection,
    events.map((event) => ({ ...event, revision: event.revision })),
  );
  return contentsOf(rows).map(([, row]) => row);
};

const begun: Given = { type: 'erasure-begun', data: { askedBy: 'person', reason: 'asked' } };
const putOff = (until: string): Given => ({ type: 'erasure-put-off', data: { attempt: 1, until } });
const completed: Given = { type: 'erasure-completed', data: { putOff: 0 } };

describe('the timers that are open', () => {
  const row = { key: KEY, tenant: 'test', kind: 'erasure-unfinished', stream: STREAM, shard: timerShard(STREAM) };

  it('hold an erasure from its beginning on, due a while after it was recorded', () => {
    expect(open(begun)).toEqual([{ ...row, dueAt: '2026-01-01T00:00:10.000Z', cause: 'given-0' }]);
  });

  it('hold one that was put off, due when it says', () => {
    const until = '2026-01-01T00:06:00.000Z';
    expect(open(begun, putOff(until))).toEqual([{ ...row, dueAt: until, cause: 'given-1' }]);
  });

  it('hold none that is completed, never begun, or closed before anything moves it', () => {
    expect(open(begun, completed)).toEqual([]);
    expect(open(putOff('2026-01-01T00:06:00.000Z'))).toEqual([]);
    expect(open(begun, completed, putOff('2026-01-01T00:06:00.000Z'))).toEqual([]);
  });

  it('send commands that there are', () => {
    expect(timerDefinitions.length).toBeGreaterThan(0);
    for (const { kind, fires } of timerDefinitions) expect([kind, commandNamed(fires.command).name]).toEqual([kind, fires.command]);
    expect(new Set(timerDefinitions.map(({ kind }) => kind)).size).toBe(timerDefinitions.length);
  });

  it('name what is sent by their stream', () => {
    const [timer] = open(begun);
    expect(timerDefinitions.find(({ kind }) => kind === 'erasure-unfinished')?.fires.input(timer!)).toEqual({ customerId: 'c-1' });
  });
});

// Two kinds that share events, one with several timers in a stream.
const DAY = 24 * 60 * 60 * 1000;
const which = ({ data }: RecordedEvent): string => JSON.stringify(data['name']);
const days = (of: string) => {
  return ({ data, meta }: RecordedEvent): string | null =>
    typeof data[of] === 'number' ? instantAfter(meta.occurredAt, data[of] * DAY) : null;
};
const DEFINITIONS = [
  defineTimer({
    kind: 'task',
    opens: { asked: days('within') },
    moves: { delayed: days('within') },
    closes: ['done', 'dropped'],
    which,
    fires: { command: 'remind', input: () => ({}) },
  }),
  defineTimer({
    kind: 'silence',
    opens: { asked: days('quiet'), done: days('quiet') },
    closes: ['dropped'],
    fires: { command: 'ask', input: () => ({}) },
  }),
];

/** Slowly: of every timer, all its stream's events are gone through from the first, as they stand now. */
function slowly(log: readonly RecordedEvent[]): unknown[] {
  const found: unknown[] = [];
  for (const stream of new Set(log.map((event) => event.stream))) {
    const events = standingEvents(log.filter((event) => event.stream === stream)).map(({ event }) => event);
    const of = (kind: string, mine: (event: RecordedEvent) => boolean, key: string): void => {
      let due: string | null = null;
      let cause = '';
      for (const event of events.filter(mine)) {
        const { type, data, id, meta } = event;
        const isSet = kind === 'task' ? type === 'asked' || (type === 'delayed' && due !== null) : type === 'asked' || type === 'done';
        const isOver = type === 'dropped' || (kind === 'task' && type === 'done');
        const within = data[kind === 'task' ? 'within' : 'quiet'];
        if (isOver) due = null;
        else if (isSet && typeof within !== 'number') due = null;
        else if (isSet) [due, cause] = [new Date(Date.parse(meta.occurredAt) + Number(within) * DAY).toISOString(), id];
      }
      if (due !== null) found.push({ key, tenant: 'test', kind, stream, shard: timerShard(stream), dueAt: due, cause });
    };
    for (const name of ['x', 'y']) of('task', ({ data }) => data['name'] === name, `task:${stream}#"${name}"`);
    of('silence', () => true, `silence:${stream}`);
  }
  return found;
}

const told = fc.record({
  stream: fc.constantFrom('journey-test.a', 'journey-test.b'),
  type: fc.constantFrom('asked', 'delayed', 'done', 'dropped', 'noted'),
  name: fc.constantFrom('x', 'y'),
  within: fc.option(fc.integer({ min: 1, max: 5 }), { freq: 5 }),
  quiet: fc.option(fc.integer({ min: 1, max: 5 }), { freq: 5 }),
  minute: fc.nat({ max: 30 }),
  corrects: fc.option(fc.nat(), { freq: 3 }),
});

function recorded(drafts: readonly (typeof told extends fc.Arbitrary<infer T> ? T : never)[]): RecordedEvent[] {
  const log: RecordedEvent[] = [];
  for (const [index, { stream, type, minute, corrects, name, within, quiet }] of drafts.entries()) {
    const earlier = log.filter((event) => event.stream === stream && event.type === type && event.meta.corrects === undefined);
    const corrected = corrects === null ? undefined : earlier[corrects % Math.max(1, earlier.length)];
    const event = recordedEvent(
      {
        id: `e${index}`,
        type,
        data: { name, ...(within !== null && { within }), ...(quiet !== null && { quiet }) },
        occurredAt: new Date(Date.UTC(2026, 0, 1, 8, minute)).toISOString(),
        ...(corrected !== undefined && { corrects: corrected.id }),
      },
      index,
      stream,
    );
    log.push({ ...event, revision: log.filter((other) => other.stream === stream).length });
  }
  return log;
}

const byKey = (rows: unknown[]): unknown[] => [...(rows as { key: string }[])].sort((a, b) => (a.key < b.key ? -1 : 1));

describe('the fold of timers', () => {
  const projection = timersOf(DEFINITIONS);

  it('comes to the same live, anew, and gone through slowly, whatever is told late or corrected', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(told, { maxLength: 24 }), fc.integer({ min: 1, max: 8 }), async (drafts, batchSize) => {
        const log = recorded(drafts);
        const { rows } = await foldLog(projection, log, batchSize);
        expect(rows).toEqual(foldWhole(projection, log));
        expect(byKey(contentsOf(rows).map(([, row]) => row))).toEqual(byKey(slowly(log)));
      }),
      { numRuns: 300 },
    );
  });

  it('spreads streams over the shards, each in one for ever', () => {
    const shards = Array.from({ length: 4_000 }, (_, index) => timerShard(`journey-dongfang.${index}`));
    const counts = Array.from({ length: TIMER_SHARDS }, (_, shard) => shards.filter((each) => each === shard).length);
    expect(Math.min(...counts)).toBeGreaterThan(150);
    expect(timerShard('journey-dongfang.0192f3a8')).toBe(timerShard('journey-dongfang.0192f3a8'));
    expect([timerShard('a'), timerShard('erasure-dongfang.1')]).toMatchInlineSnapshot(`
     [
       12,
       10,
     ]
    `);
  });

  it('takes no kind that a key could not be told apart by', () => {
    expect(() => defineTimer({ ...DEFINITIONS[0]!, kind: 'a:b' })).toThrow('no kind of timer');
  });
});

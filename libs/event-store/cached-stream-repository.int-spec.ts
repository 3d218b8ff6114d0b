import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { useDatabase } from '@touchline/testing/postgres.js';
import type { RecordedEvent } from '@touchline/core';
import { CachedStreamRepository } from './cached-stream-repository.js';
import { EventRegistry } from './event-codec.js';
import type { CommandDeps, CommandOutcome, Sealing } from './handle-command.js';
import { handleCommand } from './handle-command.js';
import type { EventStore } from './port.js';
import { PostgresEventStore } from './postgres/postgres-event-store.js';
import { collect } from './testing/contract-log.js';
import type { Note, Notebook, NotebookOrder } from './testing/notebook.js';
import { FULL, codesOf, depsOn, newNotebook, notebook, noteOrder, noteTaken } from './testing/notebook.js';

describe('streams that are held folded', () => {
  const database = useDatabase();
  let store: PostgresEventStore;
  beforeAll(async () => {
    store = await PostgresEventStore.open({ url: database.url });
  });
  afterAll(() => store.close());

  /** What a process of its own would decide with; `read` counts the streams it reads. */
  function process(changes: Partial<CommandDeps> = {}) {
    const reads = { count: 0 };
    const counted = Object.assign(Object.create(store) as EventStore, {
      readStream: (...of: Parameters<EventStore['readStream']>) => ((reads.count += 1), store.readStream(...of)),
    });
    const registry = new EventRegistry([noteTaken]);
    const streams = new CachedStreamRepository(counted, registry);
    const deps = depsOn(counted, { registry, streams, ...changes });
    const handle = (order: NotebookOrder): Promise<CommandOutcome> => handleCommand(deps, order);
    return { deps, streams, reads, handle, take: (stream: string, ...texts: string[]) => handle(noteOrder(stream, { texts })) };
  }
  const texts = async (stream: string): Promise<string[]> =>
    (await collect(store.readStream(stream))).map(({ data }) => (JSON.parse(data) as Note).text);
  const shown = (outcome: CommandOutcome): unknown =>
    outcome.kind === 'refused' ? codesOf(outcome.refusals) : [outcome.revision, outcome.position, outcome.repeated];

  it('are not read again by the process that wrote to them last', async () => {
    const [here, stream] = [process(), newNotebook()];
    await here.take(stream, 'one');
    const { count } = here.reads;
    expect((await here.take(stream, 'two')).kind).toBe('recorded');
    expect(here.reads.count).toBe(count);
    expect(await texts(stream)).toEqual(['one', 'two']);
  });

  it('are read again before anybody is refused, and nobody decides on less than the stream holds', async () => {
    const [here, there, stream] = [process(), process(), newNotebook()];
    await here.take(stream, 'one');
    await there.take(stream, 'two', 'three');
    expect(shown(await here.take(stream, 'four'))).toEqual(['notebook.full']);
    expect(await texts(stream)).toEqual(['one', 'two', 'three']);
  });

  it('refuse nobody for what has changed since', async () => {
    const [torn, stream]: [Notebook, string] = [
      {
        ...notebook,
        fold: { ...notebook.fold, evolve: (notes, { data }) => ((data as Note).text === 'tear' ? [] : [...notes, (data as Note).text]) },
      },
      newNotebook(),
    ];
    const [here, there] = [process(), process()];
    const order = (...notes: string[]): NotebookOrder => ({ ...noteOrder(stream, { texts: notes }), decider: torn });
    const full = Array.from({ length: FULL }, String);
    for (const note of full) await here.handle(order(note));
    // Whoever may tear pages out is another matter.
    await there.handle({ ...order('tear'), decider: { ...torn, fold: { ...torn.fold, evolve: () => [] } } });
    expect((await here.handle(order('next'))).kind).toBe('recorded');
    expect(await texts(stream)).toEqual([...full, 'tear', 'next']);
  });

  it('are read again before it is said that there is nothing to do', async () => {
    const [here, there, stream] = [process(), process(), newNotebook()];
    await here.take(stream, 'one');
    const written = await there.take(stream, 'two');
    expect(shown(await here.take(stream))).toEqual([1, written.kind === 'recorded' && written.position, false]);
  });

  it('know the commands they hold, and those that another process recorded since', async () => {
    // As sealing does: of one command, every process has bytes of its own.
    const sealing: Sealing = { seal: ({ data }) => Promise.resolve({ ...data, nonce: randomUUID() }) };
    const [here, there, stream] = [process({ sealing }), process({ sealing }), newNotebook()];
    await here.take(stream, 'one');
    const [mine, theirs] = [noteOrder(stream, { texts: ['mine'] }), noteOrder(stream, { texts: ['theirs'] })];
    const [first, second] = [await here.handle(mine), await there.handle(theirs)];
    for (const [order, outcome] of [
      [mine, first],
      [theirs, second],
    ] as const) {
      await here.take(stream);
      const again = await here.handle(order);
      expect(again.kind === 'recorded' && outcome.kind === 'recorded' && [again.position, again.repeated]).toEqual([
        outcome.kind === 'recorded' && outcome.position,
        true,
      ]);
    }
    const other = { ...mine, command: { texts: ['other'] }, request: { ...mine.request, requestHash: 'other' } };
    expect(shown(await here.handle(other))).toEqual(['idempotency.key-reused']);
    expect(await texts(stream)).toEqual(['one', 'mine', 'theirs']);
  });

  it('take a screen for stale only where it is', async () => {
    const [here, there, stream] = [process(), process(), newNotebook()];
    await here.take(stream, 'one');
    await there.take(stream, 'two');
    expect((await here.handle(noteOrder(stream, { texts: ['three'] }, { ifMatch: 1 }))).kind).toBe('recorded');
    const stale = await here.handle(noteOrder(stream, { texts: ['four'] }, { ifMatch: 1 }));
    expect(stale.kind === 'refused' && [codesOf(stale.refusals), stale.since?.map(({ data }) => data['text'])]).toEqual([
      ['precondition.stale'],
      ['three'],
    ]);
  });

  it('are read where a command corrects one of their events, and nobody is told of another', async () => {
    const [here, stream] = [process(), newNotebook()];
    const first = await here.take(stream, 'one');
    await here.take(stream, 'two');
    const id = first.kind === 'recorded' ? first.events[0]?.id : undefined;
    let found: RecordedEvent | undefined;
    const curious: Notebook = {
      ...notebook,
      decide: (notes, command, context) => ((found = context.recorded(id ?? '')), notebook.decide(notes, command, context)),
    };
    await here.handle({ ...noteOrder(stream, { texts: ['three'], ...(id !== undefined && { corrects: id }) }), decider: curious });
    expect(found?.data).toEqual({ text: 'one' });
    const asking = here.handle({ ...noteOrder(stream, { texts: ['four'] }), decider: curious });
    await expect(asking).rejects.toThrow('names in `corrects`');
  });

  it('are forgotten where the log was set back', async () => {
    const [here, stream] = [process(), newNotebook()];
    await here.take(stream, 'one');
    await here.take(stream, 'two');
    const [first] = await collect(store.readStream(stream));
    const past = newNotebook();
    await store.append(past, 'no-stream', [{ ...first!, id: randomUUID() }]);
    // The same memory, of a log that holds but the first of both.
    here.streams.folded.keep(past, here.streams.folded.of(stream) ?? null);
    here.streams.recent.keep(past, here.streams.recent.of(stream));
    expect(shown(await here.take(past, 'other'))).toEqual([1, expect.anything(), false]);
    expect(await texts(past)).toEqual(['one', 'other']);
  });

  it('give every decision the state that all events give, whoever wrote them, corrected or several at once', async () => {
    const step = fc.record({ by: fc.nat(1), notes: fc.integer({ min: 1, max: 2 }), corrects: fc.option(fc.nat(5), { nil: undefined }) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const [processes, stream, ids] = [[process(), process()], newNotebook(), [] as string[]];
        for (const [n, { by, notes, corrects }] of steps.entries()) {
          const all = await collect(store.readStream(stream));
          const whole = depsOn(store);
          let seen: readonly string[] | undefined;
          const spy: Notebook = { ...notebook, decide: (state) => ((seen = state), { events: [], refusals: [] }) };
          await handleCommand(whole, { ...noteOrder(stream, { texts: [] }), decider: spy });
          let decidedOn: readonly string[] | undefined;
          const patient: Notebook = {
            ...notebook,
            decide: (state, command, context) => ((decidedOn = state), notebook.decide(state.slice(0, 0), command, context)),
          };
          const original = corrects === undefined ? undefined : ids[corrects];
          const command = {
            texts: Array.from({ length: notes }, (_, m) => `${n}.${m}`),
            ...(original !== undefined && { corrects: original }),
          };
          const outcome = await processes[by]!.handle({ ...noteOrder(stream, command), decider: patient });
          expect(decidedOn).toEqual(seen);
          expect(outcome.kind === 'recorded' && outcome.revision).toBe(all.length + notes - 1);
          if (outcome.kind === 'recorded' && original === undefined) ids.push(...outcome.events.map(({ id }) => id));
        }
      }),
      { numRuns: 25 },
    );
  });
});

import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EventMetadata, JsonObject, RecordedEvent } from '@touchline/core';
import { useDatabase } from '@touchline/testing/postgres.js';
import { AppendOutcomeUnknown, EventStoreUnavailable, InvalidEventText } from './errors.js';
import { canonicalJson, encodeEvent, EventRegistry } from './event-codec.js';
import type { CommandOutcome } from './handle-command.js';
import { handleCommand } from './handle-command.js';
import type { StoredEvent } from './port.js';
import { PostgresEventStore } from './postgres/postgres-event-store.js';
import { collect, failure } from './testing/contract-log.js';
import type { Notebook, NotebookOrder } from './testing/notebook.js';
import {
  codesOf,
  depsOn,
  FULL,
  minutesFromNow,
  newNotebook,
  notebook,
  noteOrder,
  noteTaken,
  NOW,
  textsOf,
  withAppend,
} from './testing/notebook.js';

describe('handling a command', () => {
  const database = useDatabase();
  let store: PostgresEventStore;
  beforeAll(async () => {
    store = await PostgresEventStore.open({ url: database.url });
  });
  afterAll(() => store.close());

  const stored = (stream: string): Promise<StoredEvent[]> => collect(store.readStream(stream));
  const metaOf = ({ metadata }: StoredEvent): EventMetadata => JSON.parse(metadata) as EventMetadata;
  const texts = async (stream: string): Promise<unknown[]> =>
    (await stored(stream)).map(({ data }) => (JSON.parse(data) as JsonObject)['text']);
  const handle = (order: NotebookOrder): Promise<CommandOutcome> => handleCommand(depsOn(store), order);
  const take = (stream: string, ...notes: string[]): Promise<CommandOutcome> => handle(noteOrder(stream, { texts: notes }));

  function recordedOf(outcome: CommandOutcome) {
    if (outcome.kind !== 'recorded') throw new Error(`refused: ${codesOf(outcome.refusals).join()}`);
    return outcome;
  }
  function refusedOf(outcome: CommandOutcome) {
    if (outcome.kind !== 'refused') throw new Error('it was recorded');
    return outcome;
  }

  describe('that the stream already holds', () => {
    it('is answered as it was stored, whatever came since and whatever would be decided now', async () => {
      const stream = newNotebook();
      const order = noteOrder(stream, { texts: ['one', 'two'] });
      const first = recordedOf(await handle(order));
      await take(stream, 'three');
      const again = recordedOf(await handle(order));
      expect(again).toEqual({ ...first, repeated: true, events: again.events });
      expect(again.events.map(({ id, meta }) => [id, meta.hash])).toEqual(first.events.map(({ id, meta }) => [id, meta.hash]));
      expect(again.position).toBe((await stored(stream))[1]?.position);
      expect(await texts(stream)).toEqual(['one', 'two', 'three']);
    });

    it('is refused where the same key comes with another request, and leaves nothing', async () => {
      const stream = newNotebook();
      const order = noteOrder(stream, { texts: ['one'] });
      await handle(order);
      const other = { ...order, command: { texts: ['other'] }, request: { ...order.request, requestHash: 'other' } };
      expect(codesOf(refusedOf(await handle(other)).refusals)).toEqual(['idempotency.key-reused']);
      expect(await texts(stream)).toEqual(['one']);
    });

    it('makes one event of a hundred at once, and a hundred equal answers', async () => {
      const stream = newNotebook();
      const order = noteOrder(stream, { texts: ['one'] });
      const second = await PostgresEventStore.open({ url: database.url });
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, index) => handleCommand(depsOn(index % 2 === 0 ? store : second), order)),
      ).finally(() => second.close());
      expect(await texts(stream)).toEqual(['one']);
      const told = answers.map(recordedOf).map(({ revision, position, events }) => ({ revision, position, events }));
      expect(new Set(told.map((answer) => canonicalJson(answer))).size).toBe(1);
    });

    it('is known by its key alone: a stale If-Match does not refuse what was done under it', async () => {
      const stream = newNotebook();
      await take(stream, 'one');
      const order = noteOrder(stream, { texts: ['two'] }, { ifMatch: 0 });
      const first = recordedOf(await handle(order));
      expect(recordedOf(await handle(order)).revision).toBe(first.revision);
    });
  });

  describe('that is refused', () => {
    it('leaves nothing behind and is not remembered: the same key is decided anew', async () => {
      const stream = newNotebook();
      const deps = depsOn(store, { clock: { now: () => Promise.resolve(minutesFromNow(0)) } });
      const order = noteOrder(stream, { texts: ['later'], occurredAt: minutesFromNow(30) });
      expect(codesOf(refusedOf(await handleCommand(deps, order)).refusals)).toEqual(['occurred-at.in-future']);
      expect(await stored(stream)).toEqual([]);
      const afterwards = depsOn(store, { clock: { now: () => Promise.resolve(minutesFromNow(31)) } });
      expect(recordedOf(await handleCommand(afterwards, order)).repeated).toBe(false);
      expect(await texts(stream)).toEqual(['later']);
    });

    it('is told every rule it breaks', async () => {
      const stream = newNotebook();
      await take(stream, ...Array.from({ length: FULL }, String));
      const order = noteOrder(stream, { texts: ['more'], unknown: true, occurredAt: minutesFromNow(2) });
      expect(codesOf(refusedOf(await handle(order)).refusals)).toEqual(['notebook.full', 'notebook.unknown', 'occurred-at.in-future']);
    });

    it('may be as late as the tolerance, and not a millisecond later', async () => {
      const at = (ms: number): string => new Date(Date.parse(NOW) + ms).toISOString();
      expect((await handle(noteOrder(newNotebook(), { texts: ['in time'], occurredAt: at(60_000) }))).kind).toBe('recorded');
      expect((await handle(noteOrder(newNotebook(), { texts: ['too late'], occurredAt: at(60_001) }))).kind).toBe('refused');
    });

    it('is told, when the screen was stale, what has changed since', async () => {
      const stream = newNotebook();
      await take(stream, 'one');
      await take(stream, 'two', 'three');
      const stale = refusedOf(await handle(noteOrder(stream, { texts: ['late'] }, { ifMatch: 0 })));
      expect(codesOf(stale.refusals)).toEqual(['precondition.stale']);
      expect(textsOf(stale.since ?? [])).toEqual(['two', 'three']);
      expect((await handle(noteOrder(newNotebook(), { texts: ['one'] }, { ifMatch: 0 }))).kind).toBe('refused');
      expect((await handle(noteOrder(stream, { texts: ['corrected'], corrects: 'x' }, { ifMatch: 2 }))).kind).toBe('recorded');
    });

    it('may be refused for the state it would be decided on', async () => {
      const stream = newNotebook();
      const refusal = { code: 'site.closed', kind: 'identity', detail: 'closed' } as const;
      const order = { ...noteOrder(stream, { texts: ['one'] }), context: () => Promise.resolve({ refusal }) };
      expect(refusedOf(await handle(order)).refusals).toEqual([refusal]);
      expect(await stored(stream)).toEqual([]);
    });
  });

  describe('of imported history', () => {
    const history = { history: true };

    it('notes the rules it breaks on each of its events', async () => {
      const stream = newNotebook();
      await take(stream, ...Array.from({ length: FULL }, String));
      await handle(noteOrder(stream, { texts: ['four', 'five'] }, history));
      const deviations = (await stored(stream)).map((event) => metaOf(event).deviations);
      expect(deviations).toEqual([undefined, undefined, undefined, ['notebook.full'], ['notebook.full']]);
    });

    it('is still refused for identity and form, and where there is no event to note a rule on', async () => {
      const stream = newNotebook();
      await take(stream, ...Array.from({ length: FULL }, String));
      const refused = async (order: NotebookOrder): Promise<string[]> => codesOf(refusedOf(await handle(order)).refusals);
      expect(await refused(noteOrder(stream, { texts: ['four'], unknown: true }, history))).toEqual(['notebook.unknown']);
      const future = noteOrder(stream, { texts: ['four'], occurredAt: minutesFromNow(2) }, history);
      expect(await refused(future)).toEqual(['occurred-at.in-future']);
      expect(await refused(noteOrder(stream, { texts: ['four'], strict: true }, history))).toEqual(['notebook.full']);
      expect(await stored(stream)).toHaveLength(FULL);
    });
  });

  describe('that meets others', () => {
    it('is decided anew on what they wrote', async () => {
      const stream = newNotebook();
      await take(stream, 'one', 'two');
      // Somebody takes the last page between this command's load and its append.
      let meetings = 0;
      const contended = withAppend(store, async (...append) => {
        if (meetings++ === 0) await take(stream, 'three');
        return store.append(...append);
      });
      const outcome = await handleCommand(depsOn(contended), noteOrder(stream, { texts: ['mine'] }));
      expect(codesOf(refusedOf(outcome).refusals)).toEqual(['notebook.full']);
      expect(await texts(stream)).toEqual(['one', 'two', 'three']);
    });

    it('gives up after so many tries, and then has left nothing', async () => {
      const stream = newNotebook();
      let tries = 0;
      const contended = withAppend(store, async (name, expected, events) => {
        const [other] = events;
        if (other === undefined) throw new Error('nothing to append');
        tries += 1;
        const meta = canonicalJson({ ...metaOf({ ...other } as StoredEvent), commandId: `other-${tries}` });
        await store.append(name, expected, [{ ...other, id: randomUUID(), data: '{"text":"other"}', metadata: meta }]);
        return store.append(name, expected, events);
      });
      const patient: Notebook = { ...notebook, fold: { ...notebook.fold, evolve: () => [] } };
      const outcome = await handleCommand(depsOn(contended), { ...noteOrder(stream, { texts: ['mine'] }), decider: patient });
      expect(codesOf(refusedOf(outcome).refusals)).toEqual(['stream.contended']);
      expect(new Set(await texts(stream))).toEqual(new Set(['other']));
      expect(tries).toBeGreaterThan(1);
      expect(tries).toBeLessThanOrEqual(10);
    });

    it('is recorded once though many write at once, on one chain', async () => {
      const stream = newNotebook();
      const patient: Notebook = { ...notebook, fold: { ...notebook.fold, evolve: () => [] } };
      const orders = Array.from({ length: 24 }, (_, index) => ({ ...noteOrder(stream, { texts: [`n${index}`] }), decider: patient }));
      const outcomes = await Promise.all(orders.map((order) => handle(order)));
      const taken = orders.filter((_, index) => outcomes[index]?.kind === 'recorded').map(({ command }) => command.texts[0]);
      expect((await texts(stream)).sort()).toEqual(taken.sort());
      expect(taken.length).toBeGreaterThan(10);
      await expectChain(stream);
    });
  });

  describe('whose append is not answered', () => {
    const unknown = (): AppendOutcomeUnknown => new AppendOutcomeUnknown('no answer');

    it('is answered from the log where it landed', async () => {
      const stream = newNotebook();
      const silent = withAppend(store, async (...append) => {
        await store.append(...append);
        throw unknown();
      });
      const outcome = recordedOf(await handleCommand(depsOn(silent), noteOrder(stream, { texts: ['one'] })));
      expect([outcome.revision, textsOf(outcome.events)]).toEqual([0, ['one']]);
      expect(await texts(stream)).toEqual(['one']);
    });

    it('is tried again where it did not, and not doubled where it lands after all', async () => {
      const stream = newNotebook();
      const lost: Parameters<typeof store.append>[] = [];
      const late = withAppend(store, async (...append) => {
        lost.push(append);
        if (lost.length === 1) throw unknown();
        // The first try lands just before the second is sent.
        await store.append(...lost[0]!);
        return store.append(...append);
      });
      // Sealing is random, so the two tries differ in their bytes.
      const sealing = { seal: ({ data }: { data: JsonObject }) => Promise.resolve({ ...data, nonce: randomUUID() }) };
      const outcome = recordedOf(await handleCommand(depsOn(late, { sealing }), noteOrder(stream, { texts: ['one', 'two'] })));
      expect(await texts(stream)).toEqual(['one', 'two']);
      expect(outcome.events.map(({ meta }) => meta.hash)).toEqual((await stored(stream)).map((event) => metaOf(event).hash));
    });

    it('stays open while it may land: it is not refused, nor called done, on what was decided since', async () => {
      const stream = newNotebook();
      let clock = minutesFromNow(0);
      const never = withAppend(store, () => {
        clock = minutesFromNow(-60);
        return Promise.reject(unknown());
      });
      const deps = depsOn(never, { clock: { now: () => Promise.resolve(clock) } });
      expect(await failure(handleCommand(deps, noteOrder(stream, { texts: ['one'], occurredAt: NOW })))).toBeInstanceOf(
        AppendOutcomeUnknown,
      );
      expect(
        await failure(handleCommand(depsOn(withAppend(store, () => Promise.reject(unknown()))), noteOrder(stream, { texts: ['one'] }))),
      ).toBeInstanceOf(AppendOutcomeUnknown);
    });

    it('is refused as it is due once another wrote where it would have gone', async () => {
      const stream = newNotebook();
      await take(stream, 'one', 'two');
      const overtaken = withAppend(store, async () => {
        await take(stream, 'three');
        throw unknown();
      });
      const outcome = await handleCommand(depsOn(overtaken), noteOrder(stream, { texts: ['mine'] }));
      expect(codesOf(refusedOf(outcome).refusals)).toEqual(['notebook.full']);
    });

    it('fails as the log does where the log is away', async () => {
      const away = withAppend(store, () => Promise.reject(new EventStoreUnavailable('away')));
      expect(await failure(handleCommand(depsOn(away), noteOrder(newNotebook(), { texts: ['one'] })))).toBeInstanceOf(
        EventStoreUnavailable,
      );
    });
  });

  describe('as it is written', () => {
    it('is chained: each hash covers the one before and all that is stored but the hashes', async () => {
      const stream = newNotebook();
      await take(stream, 'one', 'two');
      await take(stream, '三 – ü 😀');
      await expectChain(stream);
    });

    it('is never recorded before what its stream holds, though the clock went back', async () => {
      const stream = newNotebook();
      const at = (minutes: number) => depsOn(store, { clock: { now: () => Promise.resolve(minutesFromNow(minutes)) } });
      await handleCommand(at(0), noteOrder(stream, { texts: ['one'] }));
      await handleCommand(at(-5), noteOrder(stream, { texts: ['two'] }));
      await handleCommand(at(1), noteOrder(stream, { texts: ['three'] }));
      expect((await stored(stream)).map((event) => metaOf(event).recordedAt)).toEqual([NOW, NOW, minutesFromNow(1)]);
    });

    it('is sealed first, each event under its own id, and nothing in clear reaches the log', async () => {
      const stream = newNotebook();
      const steps: string[] = [];
      const sealing = {
        seal: ({ id, data }: { id: string; data: JsonObject }) => {
          steps.push(`seal ${id}`);
          return Promise.resolve({ sealed: Buffer.from(JSON.stringify(data)).toString('hex') });
        },
      };
      const watched = withAppend(store, (name, expected, events) => {
        steps.push(`append ${events.map(({ id }) => id).join()}`);
        return store.append(name, expected, events);
      });
      const outcome = recordedOf(await handleCommand(depsOn(watched, { sealing }), noteOrder(stream, { texts: ['王小明', 'two'] })));
      const [first, second] = outcome.events.map(({ id }) => id);
      expect(steps).toEqual([`seal ${first}`, `seal ${second}`, `append ${first},${second}`]);
      expect(JSON.stringify(await stored(stream))).not.toContain('王小明');
      await expectChain(stream);
    });

    it('refuses text that no read model can hold, and writes nothing', async () => {
      for (const text of ['a\u0000b', '\ud83d', 'x\\\u0000']) {
        const stream = newNotebook();
        expect(await failure(take(stream, text))).toBeInstanceOf(InvalidEventText);
        expect(await stored(stream)).toEqual([]);
      }
      expect((await take(newNotebook(), 'the six letters \\u0000, and \\\\ud83d')).kind).toBe('recorded');
    });

    it('gives the same ids on every try, and others to another stream', async () => {
      const [here, there] = [newNotebook(), newNotebook()];
      const order = noteOrder(here, { texts: ['one', 'two'] });
      const first = recordedOf(await handle(order)).events.map(({ id }) => id);
      const elsewhere = recordedOf(await handle({ ...order, stream: there })).events.map(({ id }) => id);
      expect(new Set([...first, ...elsewhere]).size).toBe(4);
      expect((await stored(here)).map(({ id }) => id)).toEqual(first);
    });
  });

  describe('on what was recorded', () => {
    it('reads stored bytes of older versions as the newest, and chains on to their hashes as stored', async () => {
      const stream = newNotebook();
      let previousHash = '';
      for (const [revision, data] of [{ words: 'one' }, { text: 'two' }].entries()) {
        const outcome = noteOrder(stream, { texts: [] }).request;
        const meta = { ...outcome, occurredAt: NOW, recordedAt: NOW, schemaVersion: revision + 1, subjects: {} };
        const { hash, ...event } = encodeEvent({ id: randomUUID(), stream, revision, type: 'note-taken', data, meta }, previousHash);
        await store.append(stream, revision === 0 ? 'no-stream' : revision - 1, [event]);
        previousHash = hash;
      }
      const upcasters = {
        1: ({ words, ...rest }: JsonObject): JsonObject => ({ ...rest, text: words }),
        2: (data: JsonObject): JsonObject => ({ ...data, language: 'en' }),
      };
      const registry = new EventRegistry([{ ...noteTaken, version: 3, upcasters }]);
      const seen: RecordedEvent[] = [];
      const curious: Notebook = {
        ...notebook,
        fold: { ...notebook.fold, evolve: (notes, event) => (seen.push(event), notebook.fold.evolve(notes, event)) },
      };
      await handleCommand(depsOn(store, { registry }), { ...noteOrder(stream, { texts: ['three'] }), decider: curious });
      expect(seen.map(({ data }) => data)).toEqual([
        { text: 'one', language: 'en' },
        { text: 'two', language: 'en' },
      ]);
      const written = (await stored(stream)).map((event) => metaOf(event));
      expect(written.map(({ schemaVersion }) => schemaVersion)).toEqual([1, 2, 3]);
      await expectChain(stream);
    });

    it('decides in recorded order, with corrected events replaced', async () => {
      const stream = newNotebook();
      const first = recordedOf(await handle(noteOrder(stream, { texts: ['wrong'], occurredAt: minutesFromNow(-1) })));
      await handle(noteOrder(stream, { texts: ['earlier'], occurredAt: minutesFromNow(-9) }));
      await handle(noteOrder(stream, { texts: ['right'], corrects: first.events[0]!.id }));
      let state: readonly string[] = [];
      const curious: Notebook = { ...notebook, decide: (notes, ...rest) => ((state = notes), notebook.decide(notes, ...rest)) };
      await handle({ ...noteOrder(stream, { texts: ['next'] }), decider: curious });
      expect(state).toEqual(['right', 'earlier']);
    });
  });

  /** Worked out as the decision says (ADR 0014), from what is stored and with none of the code under test. */
  async function expectChain(stream: string): Promise<void> {
    let previous = '';
    for (const event of await stored(stream)) {
      const { hash, previousHash, ...metadata } = metaOf(event);
      expect(previousHash).toBe(previous);
      const { id, revision, type } = event;
      const envelope = sorted({ id, stream, revision, type, data: JSON.parse(event.data) as JsonObject, metadata });
      expect(hash).toBe(createHash('sha256').update(previous).update(JSON.stringify(envelope)).digest('hex'));
      previous = hash;
    }
    expect(previous).not.toBe('');
  }
});

/** The value with the keys of every object in order; of texts and whole numbers, JSON.stringify then is RFC 8785. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each)]));
}

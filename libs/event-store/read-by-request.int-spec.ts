import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { useDatabase } from '@touchline/testing/postgres.js';
import { handleCommand } from './handle-command.js';
import { PostgresEventStore } from './postgres/postgres-event-store.js';
import { collect } from './testing/contract-log.js';
import { depsOn, minutesFromNow, newNotebook, noteOrder } from './testing/notebook.js';

describe('a command on a stream that its request has read', () => {
  const database = useDatabase();
  let store: PostgresEventStore;
  beforeAll(async () => {
    store = await PostgresEventStore.open({ url: database.url });
  });
  afterAll(() => store.close());

  const texts = async (stream: string): Promise<unknown[]> =>
    (await collect(store.readStream(stream))).map(({ data }) => (JSON.parse(data) as { text: unknown }).text);

  it('is decided on that without reading it again, and once more where others wrote since', async () => {
    const stream = newNotebook();
    let reads = 0;
    const counting = Object.assign(Object.create(store) as PostgresEventStore, {
      readStream: (...asked: Parameters<PostgresEventStore['readStream']>) => ((reads += 1), store.readStream(...asked)),
    });
    const deps = depsOn(counting);
    const first = await handleCommand(deps, { ...noteOrder(stream, { texts: ['one'] }), read: [] });
    expect([first.kind, reads]).toEqual(['recorded', 0]);
    // Somebody else was there first: of a notebook that is full nobody is told that it took a note.
    await handleCommand(depsOn(store), noteOrder(stream, { texts: ['two', 'three'] }));
    const late = { ...noteOrder(stream, { texts: ['four'], strict: true }), read: [] };
    expect(await handleCommand(deps, late)).toMatchObject({ kind: 'refused', refusals: [{ code: 'notebook.full' }] });
    expect([reads, await texts(stream)]).toEqual([1, ['one', 'two', 'three']]);
  });

  it('is answered as it was stored where it stands in what was read, or came meanwhile', async () => {
    const stream = newNotebook();
    const order = noteOrder(stream, { texts: ['one'] });
    const first = await handleCommand(depsOn(store), order);
    const events = first.kind === 'recorded' ? first.events : [];
    // A moment later, so that its bytes are others.
    const later = depsOn(store, { clock: { now: () => Promise.resolve(minutesFromNow(1)) } });
    for (const read of [[], events]) {
      const again = await handleCommand(later, { ...order, read });
      expect(again).toMatchObject({ kind: 'recorded', repeated: true, events: events.map(({ id }) => ({ id })) });
    }
    expect(await texts(stream)).toEqual(['one']);
  });
});

import { afterEach, describe, expect, it } from '@jest/globals';
import { EventStoreDBClient } from '@eventstore/db-client';
import { StreamDamaged, WrongExpectedRevision } from '../errors.js';
import type { StreamDamage } from '../port.js';
import { collect, failure, newEvents, newStream } from '../testing/contract-log.js';
import { eventually, useWireServer } from '../testing/wire-server/use-wire-server.js';

const wire = useWireServer();

describe('a stream whose events were hidden or deleted in the server', () => {
  const clients: EventStoreDBClient[] = [];
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.dispose();
  });

  /** A log with a stream of four, and somebody with every right on its server. */
  async function damaged() {
    const server = await wire.start();
    const store = await wire.open(server);
    const admin = EventStoreDBClient.connectionString(server.connectionString);
    clients.push(admin);
    const stream = newStream();
    await store.append(stream, 'no-stream', newEvents(4));
    const read = (options?: Parameters<typeof store.readStream>[1]) => failure(collect(store.readStream(stream, options)));
    const damages = async (): Promise<StreamDamage[]> => {
      const told: StreamDamage[] = [];
      await collect(store.readAll({ onDamage: (damage) => told.push(damage) }));
      return told.filter((damage) => damage.stream === stream);
    };
    return { store, admin, stream, read, damages };
  }

  it('is damaged, not absent, once it was deleted, and so says every read, from wherever', async () => {
    const { store, admin, stream, read, damages } = await damaged();
    await admin.deleteStream(stream);
    for (const options of [undefined, { from: 2 }, { direction: 'backwards', limit: 1 }] as const) {
      const error = await read(options);
      expect(error).toBeInstanceOf(StreamDamaged);
      expect(error).toMatchObject({ stream, message: expect.stringContaining(stream) });
    }
    expect(await damages()).toEqual([{ stream, position: expect.any(String), how: 'its metadata hides events ($tb)' }]);
    expect(await collect(store.readStream(newStream()))).toEqual([]);
  });

  it.each(['by itself', 'among others'])(
    'is told of where an append that begins it is written behind what was deleted, %s',
    async (how) => {
      const { store, admin, stream, read } = await damaged();
      await admin.deleteStream(stream);
      const events = newEvents(1);
      const order = [newStream(), stream, newStream()].map((each) => ({
        stream: each,
        expected: 'no-stream' as const,
        events: newEvents(1),
      }));
      const error = await failure(how === 'by itself' ? store.append(stream, 'no-stream', events) : store.appendInOrder(order));
      expect(await collect(store.readStream(order[2]!.stream))).toEqual([]);
      expect(error).toBeInstanceOf(StreamDamaged);
      expect((error as Error).message).toContain('at revision 0 was written at 4');
      // It is back now, without its first events.
      expect(await read()).toBeInstanceOf(StreamDamaged);
      expect(await read({ direction: 'backwards' })).toBeInstanceOf(StreamDamaged);
    },
  );

  it('is damaged for good once it was deleted for good, to readers and writers', async () => {
    const { store, admin, stream, read, damages } = await damaged();
    await admin.tombstoneStream(stream);
    expect(await read()).toBeInstanceOf(StreamDamaged);
    expect(await failure(store.append(stream, 3, newEvents(1)))).toBeInstanceOf(StreamDamaged);
    expect(await damages()).toMatchObject([{ how: 'it was deleted for good' }]);
  });

  it.each([
    ['a count', { maxCount: 2 }],
    ['a first revision', { truncateBefore: 2 }],
  ])('is damaged where its metadata leaves the last two only, by %s; taken back, it is whole again', async (_, metadata) => {
    const { store, admin, stream, read, damages } = await damaged();
    await admin.setStreamMetadata(stream, metadata);
    expect(await read()).toBeInstanceOf(StreamDamaged);
    expect(await read({ from: 1 })).toBeInstanceOf(StreamDamaged);
    expect(await read({ direction: 'backwards' })).toBeInstanceOf(StreamDamaged);
    // What is left can be read by whoever has read the rest before.
    expect(await collect(store.readStream(stream, { from: 2 }))).toHaveLength(2);
    expect(await failure(store.append(stream, 1, newEvents(1)))).toBeInstanceOf(WrongExpectedRevision);
    await admin.setStreamMetadata(stream, {});
    await eventually('all of it', async () => (await read()) === null);
    expect((await damages()).map(({ how }) => how)).toEqual([expect.stringContaining('hides events'), null]);
  });
});

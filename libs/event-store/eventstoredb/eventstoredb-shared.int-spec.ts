import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { binaryEvent, EventStoreDBClient, NO_STREAM } from '@eventstore/db-client';
import { collect, fill, Follower, ids, newEvent, newEvents, newStream } from '../testing/contract-log.js';
import { useWireServer } from '../testing/wire-server/use-wire-server.js';

const wire = useWireServer();

describe('a server that is shared', () => {
  it('has events of others passed over, whatever they hold, by reads, subscriptions and the head; positions move on', async () => {
    const server = await wire.start();
    const store = await wire.open(server, { namespace: 'acme' });
    const shop = EventStoreDBClient.connectionString(server.connectionString);
    try {
      let passed = 0;
      const follower = new Follower(await wire.open(server, { namespace: 'acme', onForeign: () => (passed += 1) }));
      const order = (): ReturnType<typeof binaryEvent> =>
        binaryEvent({
          ...{ id: randomUUID(), type: 'OrderPlaced', data: Uint8Array.from([0xff, 0xfe]) },
          metadata: Uint8Array.from([0xc3, 0x28]),
        });
      const written: string[] = [];
      for (let round = 0; round < 5; round += 1) {
        written.push(...(await fill(store, 3, 3)));
        await shop.appendToStream(`order-${randomUUID()}`, [order(), order()], { expectedRevision: NO_STREAM });
      }
      // Of the same name as one of ours, outside the namespace.
      const stream = newStream();
      await shop.appendToStream(stream, [order()], { expectedRevision: NO_STREAM });
      written.push(...ids(await appended(store, stream, 2)));
      await shop.appendToStream('order-9', [order()], { expectedRevision: NO_STREAM });
      let foreign = 0;
      const all = await collect(store.readAll({ onForeign: () => (foreign += 1) }));
      expect([ids(all), foreign]).toEqual([written, 12]);
      expect(await store.head()).toBe(all.at(-1)?.position);
      await follower.until('all of ours', () => follower.events.length === written.length && follower.caughtUp);
      await follower.stop();
      expect([ids(follower.events), passed]).toEqual([written, 12]);
      expect(await collect(store.readStream(stream))).toHaveLength(2);
      await shop.deleteStream('order-9');
      await collect(store.readAll({ onDamage: ({ stream: damaged }) => expect(damaged).toBe('none') }));
    } finally {
      await shop.dispose();
    }
  });

  it('holds several logs, each with an id and events of its own', async () => {
    const server = await wire.start();
    const [one, other, again] = [
      await wire.open(server, { namespace: 'one' }),
      await wire.open(server, { namespace: 'other' }),
      await wire.open(server, { namespace: 'one' }),
    ];
    expect(await one.logId()).not.toBe(await other.logId());
    expect(await again.logId()).toBe(await one.logId());
    const stream = newStream();
    const [mine, theirs] = [newEvents(2), newEvents(1)];
    await one.append(stream, 'no-stream', mine);
    await other.append(stream, 'no-stream', theirs);
    expect(ids(await collect(again.readAll()))).toEqual(ids(mine));
    expect(ids(await collect(other.readStream(stream)))).toEqual(ids(theirs));
  });

  it('keeps the names of a log that was begun without a namespace, wherever it is looked for', async () => {
    const server = await wire.start();
    const before = await wire.open(server);
    const stream = newStream();
    await before.append(stream, 'no-stream', [newEvent()]);
    const now = await wire.open(server, { namespace: 'touchline' });
    expect(await now.logId()).toBe(await before.logId());
    await now.append(stream, 0, [newEvent()]);
    expect(await collect(before.readStream(stream))).toHaveLength(2);
  });
});

async function appended(store: Awaited<ReturnType<typeof wire.open>>, stream: string, count: number) {
  const events = newEvents(count);
  await store.append(stream, 'no-stream', events);
  return events;
}

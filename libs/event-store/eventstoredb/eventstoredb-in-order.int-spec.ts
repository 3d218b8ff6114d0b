import { describe, expect, it } from '@jest/globals';
import type { StreamAppend } from '../port.js';
import { collect, ids, newEvents, newStream } from '../testing/contract-log.js';
import { useWireServer } from '../testing/wire-server/use-wire-server.js';
import type { WireServer } from '../testing/wire-server/wire-server.js';

const wire = useWireServer();

/** Two events at a time to three streams in turn. */
function inTurn(count: number): StreamAppend[] {
  const streams = [newStream(), newStream(), newStream()];
  return Array.from({ length: count }, (_, place) => {
    const round = Math.floor(place / streams.length);
    return { stream: streams[place % streams.length]!, expected: round === 0 ? 'no-stream' : 2 * round - 1, events: newEvents(2) };
  });
}

describe('appends in a given order', () => {
  const opened = async () => {
    const server = await wire.start();
    const store = await wire.open(server);
    const after = await store.head();
    const written = async (): Promise<string[]> => ids(await collect(store.readAll({ after })));
    return { server, store, written, before: { ...server.calls }, rounds: server.rounds };
  };
  const idsOf = (appends: readonly StreamAppend[]): string[] => ids(appends.flatMap(({ events }) => events));

  it('go over one call, and none is sent before the one before it stands', async () => {
    const { server, store, written, before, rounds } = await opened();
    const appends = inTurn(20);
    await store.appendInOrder(appends);
    // On a busy machine one may be late, and then is made by itself.
    expect(server.calls.batchAppend - before.batchAppend).toBeGreaterThan(0);
    expect(server.rounds - rounds).toBeGreaterThanOrEqual(20);
    expect(await written()).toEqual(idsOf(appends));
  });

  it.each<[string, (server: WireServer) => void]>([
    ['the connection breaks', (server) => server.dropConnections()],
    ['no answer comes, and the append lands late', (server) => server.lateWrite(3_000)],
  ])('are gone on with where %s: each stands once, in order', async (_, hurt) => {
    const { server, store, written } = await opened();
    const appends = inTurn(12);
    const appending = store.appendInOrder(appends);
    for (let received = 0; received < 5; received += 1) await server.appendUnderWay();
    hurt(server);
    await appending;
    // What landed late would be there by the next append to its stream.
    const more = appends.slice(-3).map(({ stream, expected }) => ({ stream, expected: Number(expected) + 2, events: newEvents(1) }));
    await store.appendInOrder(more);
    expect(await written()).toEqual(idsOf([...appends, ...more]));
  });

  it('are made by themselves on a server that takes one a call only', async () => {
    const { server, store, written, before } = await opened();
    server.takesBatches = false;
    const appends = inTurn(6);
    await store.appendInOrder(appends);
    expect(server.calls.append - before.append).toBe(6);
    expect(await written()).toEqual(idsOf(appends));
  });
});

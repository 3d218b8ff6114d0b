import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { asPosition } from '@touchline/core';
import { AppendOutcomeUnknown, EventStoreUnavailable, EventTooLarge, LogDenied, WrongExpectedRevision } from '../errors.js';
import { collect, failure, fill, Follower, ids, newEvent, newEvents, newStream } from '../testing/contract-log.js';
import { eventually, useWireServer } from '../testing/wire-server/use-wire-server.js';
import { EventStoreDbEventStore } from './eventstoredb-event-store.js';
import { PATIENCE_MS } from '@touchline/testing/patience.js';

const wire = useWireServer();
const run = promisify(execFile);
const DRIVER = new URL('../../../dist/libs/event-store/eventstoredb/eventstoredb-event-store.js', import.meta.url).href;

describe('a server that does not answer', () => {
  it('fails reads with the host after the deadline, leaves the outcome of an append open, and is used again once it speaks', async () => {
    const server = await wire.start();
    const store = await wire.open(server, { deadlineMs: 300 });
    const patient = await wire.open(server);
    const stream = newStream();
    const { position } = await patient.append(stream, 'no-stream', newEvents(1));
    server.silence();
    const reads = await Promise.all(
      [store.head(), store.eventAt(position), collect(store.readStream(stream)), collect(store.readAll())].map(failure),
    );
    for (const error of reads) {
      expect(error).toBeInstanceOf(EventStoreUnavailable);
      expect((error as Error).message).toContain(`127.0.0.1:${server.port}`);
    }
    server.endSilence();
    await eventually('an answer in time', async () => (await failure(collect(store.readStream(stream)))) === null);
  });

  it('reports an append as unknown, not as unavailable, when the silence falls after the look at the head', async () => {
    const server = await wire.start();
    const store = await wire.open(server, { deadlineMs: 300 });
    server.lateWrite(3_000);
    expect(await failure(store.append(newStream(), 'no-stream', newEvents(1)))).toBeInstanceOf(AppendOutcomeUnknown);
  });

  it.each([
    ['takes connections and says nothing', true],
    ['is not there', false],
  ])('cannot be opened when it %s; the message names the host and no credentials', async (_, listening) => {
    const sockets: Socket[] = [];
    const mute = createServer((socket) => void sockets.push(socket)).listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const { port } = mute.address() as AddressInfo;
    if (!listening) mute.close();
    const opening = EventStoreDbEventStore.open({
      connectionString: `esdb://admin:s3cret@127.0.0.1:${port}?tls=false`,
      deadlineMs: 300,
    });
    const error = await failure(opening);
    expect(error).toBeInstanceOf(EventStoreUnavailable);
    expect((error as Error).message).toContain(`127.0.0.1:${port}`);
    expect(JSON.stringify([(error as Error).message, (error as Error).stack, String((error as Error).cause)])).not.toContain('s3cret');
    for (const socket of sockets) socket.destroy();
    mute.close();
  });
});

describe('an append whose answer is lost', () => {
  it('is unknown after the deadline; tried again when it has landed late, it is the same append', async () => {
    const server = await wire.start();
    const impatient = await wire.open(server, { deadlineMs: 300 });
    const store = await wire.open(server);
    const stream = newStream();
    const events = newEvents(2);
    server.lateWrite(2_000);
    expect(await failure(impatient.append(stream, 'no-stream', events))).toBeInstanceOf(AppendOutcomeUnknown);
    await eventually('the late write', async () => (await collect(store.readStream(stream))).length === 2);
    const held = await collect(store.readStream(stream));
    expect(await store.append(stream, 'no-stream', events)).toEqual({ revision: 1, position: held[1]?.position });
    expect(ids(await collect(store.readStream(stream)))).toEqual(ids(events));
  });

  it('is sent again when the connection breaks before the answer, and stands once', async () => {
    const server = await wire.start();
    const store = await wire.open(server);
    const stream = newStream();
    const events = newEvents(2);
    server.lateWrite(300);
    const appending = store.append(stream, 'no-stream', events);
    await server.appendUnderWay();
    server.dropConnections();
    const answer = await appending;
    const held = await collect(store.readStream(stream));
    expect(answer).toEqual({ revision: 1, position: held[1]?.position });
    expect(ids(held)).toEqual(ids(events));
  });

  it('is unknown when the server stays away after the connection broke', async () => {
    const server = await wire.start();
    const store = await wire.open(server);
    const stream = newStream();
    const events = newEvents(1);
    server.lateWrite(300);
    const appending = failure(store.append(stream, 'no-stream', events));
    await server.appendUnderWay();
    await server.stop();
    expect(await appending).toBeInstanceOf(AppendOutcomeUnknown);
    await server.start();
    expect(await store.append(stream, 'no-stream', events)).toMatchObject({ revision: 0 });
  });
});

describe('conflicts and repeats', () => {
  it('reports where the stream really stands, whatever the client would say', async () => {
    const store = await wire.open(await wire.start());
    const stream = newStream();
    await store.append(stream, 'no-stream', newEvents(40));
    const error = await failure(store.append(stream, 7, newEvents(1)));
    expect(error).toBeInstanceOf(WrongExpectedRevision);
    expect(error).toMatchObject({ stream, expected: 7, actual: 39 });
  });

  it('answers equal appends at the same moment, of one connection and of two, with the place of the one that stands', async () => {
    const server = await wire.start();
    const [store, other] = [await wire.open(server), await wire.open(server)];
    const stream = newStream();
    const events = newEvents(3);
    const answers = await Promise.all([store, other, store, other].map((writer) => writer.append(stream, 'no-stream', events)));
    expect(new Set(answers.map(({ position }) => position)).size).toBe(1);
    expect(ids(await collect(store.readStream(stream)))).toEqual(ids(events));
  });

  it('makes one call an append, also of a repeat, and of 64 at once', async () => {
    const server = await wire.start();
    const store = await wire.open(server);
    const before = { ...server.calls };
    const stream = newStream();
    const events = newEvents(2);
    await store.append(stream, 'no-stream', events);
    await store.append(stream, 'no-stream', events);
    await Promise.all(Array.from({ length: 64 }, () => store.append(newStream(), 'no-stream', newEvents(1))));
    expect(server.calls).toEqual({ ...before, append: before.append + 66 });
  });

  it('gives the server ids of its own, made of the bytes, and keeps ours for those who read', async () => {
    const server = await wire.start();
    const store = await wire.open(server);
    const stream = newStream();
    const [event] = newEvents(1);
    await store.append(stream, 'no-stream', [event!]);
    const [kept] = await collect(wire.behind.readStream(stream));
    expect(kept?.id).not.toBe(event?.id);
    expect(JSON.parse(kept?.metadata ?? '')).toMatchObject({ touchlineId: event?.id });
    expect(await collect(store.readStream(stream))).toMatchObject([event!]);
  });

  it('reads and goes on from what was recorded when the server saw our ids, and knows it when it is sent again', async () => {
    const store = await wire.open(await wire.start());
    const stream = newStream();
    const [before, since] = [newEvents(2), newEvents(1)];
    const { position: _, ...asBefore } = await wire.behind.append(stream, 'no-stream', before);
    await eventually('the records', async () => (await collect(store.readStream(stream))).length === 2);
    expect(await store.append(stream, 'no-stream', before)).toMatchObject(asBefore);
    const other = before.map((event) => ({ ...event, data: '{"text":"another"}' }));
    expect(await failure(store.append(stream, 'no-stream', other))).toBeInstanceOf(WrongExpectedRevision);
    await store.append(stream, 1, since);
    expect(await collect(store.readStream(stream))).toMatchObject([...before, ...since]);
  });

  it("gives the typed error also where the server's own limit is lower", async () => {
    const store = await wire.open(await wire.start({ maxAppendBytes: 2_000 }));
    const large = newEvent({ data: `"${'x'.repeat(3_000)}"` });
    expect(await failure(store.append(newStream(), 'no-stream', [large]))).toBeInstanceOf(EventTooLarge);
  });
});

describe('connections', () => {
  it('carry a hundred calls at once without a word on stderr', async () => {
    const server = await wire.start();
    const program = `
      const { EventStoreDbEventStore } = await import(${JSON.stringify(DRIVER)});
      const store = await EventStoreDbEventStore.open({ connectionString: process.argv[1] });
      const note = (n) => [{ id: crypto.randomUUID(), type: 'NoteTaken', data: String(n), metadata: '{}' }];
      await Promise.all(Array.from({ length: 100 }, (_, n) => store.append('note-test.' + crypto.randomUUID(), 'no-stream', note(n))));
      await Promise.all(Array.from({ length: 100 }, () => store.head()));
      await store.close();`;
    const { stderr } = await run(process.execPath, ['--input-type=module', '-e', program, server.connectionString]);
    expect(stderr).toBe('');
  });

  it('takes 300 appends at once on a brand-new connection, and on the next one after a loss', async () => {
    const server = await wire.start();
    const store = await wire.open(server, { deadlineMs: PATIENCE_MS });
    const appendMany = () => Promise.all(Array.from({ length: 300 }, () => store.append(newStream(), 'no-stream', newEvents(1))));
    expect(await appendMany()).toHaveLength(300);
    server.dropConnections();
    await eventually('the loss', () => server.connections === 0);
    expect(await appendMany()).toHaveLength(300);
  });

  it('turns to the leader it is sent to, for appends and for reads', async () => {
    const server = await wire.start();
    const store = await wire.open(server);
    const stream = newStream();
    server.refuseAsFollower(1);
    await store.append(stream, 'no-stream', newEvents(1));
    server.refuseAsFollower(1);
    expect(await collect(store.readStream(stream))).toHaveLength(1);
  });

  it('finds the server by gossip', async () => {
    const server = await wire.start();
    const store = await wire.open(server, { connectionString: server.connectionString.replace('esdb://', 'esdb+discover://') });
    expect(await store.logId()).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('reads on where a page broke off', async () => {
    const server = await wire.start();
    const store = await wire.open(server, { pageSize: 50 });
    const after = await store.head();
    const written = await fill(store, 200, 50);
    server.dropAfterEvents(120);
    expect(ids(await collect(store.readAll({ after })))).toEqual(written);
  });

  it('ends everything on close: subscriptions without an error, calls with one, the connection too', async () => {
    const server = await wire.start();
    const store = await wire.open(server);
    const ending = (async () => {
      for await (const batch of store.subscribeToAll({ signal: new AbortController().signal })) if (batch.caughtUp) void store.close();
    })();
    await ending;
    expect(await failure(store.head())).toBeInstanceOf(EventStoreUnavailable);
    await eventually('the connection to close', () => server.connections === 0);
  });
});

describe('whoever may not', () => {
  it('is told so at once, in one line with the host, and nothing is tried again', async () => {
    const server = await wire.start();
    const store = await wire.open(server);
    const tries = async (work: () => Promise<unknown>): Promise<number> => {
      const { append, read } = server.calls;
      const error = await failure(work());
      expect(error).toBeInstanceOf(LogDenied);
      expect((error as Error).message).toMatch(new RegExp(`^EventStoreDB at 127.0.0.1:${server.port}: .*(Denied|Unauthenticated)[^\\n]*$`));
      return server.calls.append - append + server.calls.read - read;
    };
    server.refuse('append', 'read');
    expect(await tries(() => store.append(newStream(), 'no-stream', newEvents(1)))).toBe(1);
    expect(await tries(() => store.head())).toBe(1);
    server.refuse('sign-in');
    expect(await tries(() => EventStoreDbEventStore.open({ connectionString: server.connectionString }))).toBe(1);
  });

  it('can ask what he may, and nothing is written for that', async () => {
    const server = await wire.start();
    const store = await wire.open(server);
    expect(await store.rights()).toEqual({ append: true, delete: true, cut: true });
    server.refuse('delete', 'metadata');
    expect(await store.rights()).toEqual({ append: true, delete: false, cut: false });
    server.refuse('append');
    expect(await store.rights()).toEqual({ append: false, delete: true, cut: true });
    for (const stream of ['touchline-log-rights', '$$touchline-log-rights']) expect(await collect(store.readStream(stream))).toEqual([]);
  });
});

describe('a cluster', () => {
  it('is gone on with when its leader hangs, on open connections, and every append stands once', async () => {
    const cluster = await wire.cluster();
    // What is not answered in this time would be unknown: an append must find the next leader within it.
    const store = await wire.open(cluster, { deadlineMs: 5_000 });
    const after = await store.head();
    const follower = new Follower(store, { after });
    const written = await fill(store, 5, 1);
    for (let round = 0; round < 2; round += 1) {
      const hung = cluster.leader;
      hung.silence();
      const appending = Array.from({ length: 10 }, async () => {
        const events = newEvents(2);
        await store.append(newStream(), 'no-stream', events);
        return ids(events);
      });
      cluster.elect();
      written.push(...(await Promise.all(appending)).flat());
      hung.endSilence();
    }
    written.push(...(await fill(store, 5, 1)));
    expect(ids(await collect(store.readAll({ after }))).sort()).toEqual([...written].sort());
    await follower.until('all of it', () => follower.events.length === written.length);
    await follower.stop();
  });

  it('answers by the third try, though the next leader is elected three seconds after the last one hung', async () => {
    const cluster = await wire.cluster();
    // A third try begins after some four seconds. One that waited where it is for its deadline would fail, its outcome unknown.
    const store = await wire.open(cluster, { deadlineMs: PATIENCE_MS });
    const after = await store.head();
    cluster.leader.silence();
    const elected = cluster.electAfter(3_000);
    const written = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const events = newEvents(2);
        await store.append(newStream(), 'no-stream', events);
        return ids(events);
      }),
    );
    await elected;
    expect(ids(await collect(store.readAll({ after }))).sort()).toEqual(written.flat().sort());
  });

  it('is found by any of its nodes, one of them down, in either spelling', async () => {
    const cluster = await wire.cluster();
    const [down] = cluster.nodes;
    cluster.elect();
    await down?.stop();
    for (const scheme of ['esdb', 'esdb+discover', 'kurrentdb', 'kurrentdb+discover']) {
      const connectionString = cluster.connectionString.replace('esdb:', `${scheme}:`);
      const store = await wire.open({ connectionString });
      await store.append(newStream(), 'no-stream', newEvents(1));
    }
  });
});

describe('the log', () => {
  it('has one id, whoever comes first', async () => {
    const server = await wire.start();
    const stores = await Promise.all([1, 2, 3, 4].map(() => wire.open(server)));
    expect(new Set(await Promise.all(stores.map((store) => store.logId()))).size).toBe(1);
  });

  it("hides the server's own events and its id, from every read", async () => {
    const server = await wire.start();
    const store = await wire.open(server);
    const after = await store.head();
    const written = await fill(store, 30, 4);
    server.addSystemEvents(7);
    const all = await collect(store.readAll({ after }));
    expect(ids(all)).toEqual(written);
    expect(
      (await collect(store.readAll())).filter(({ stream, type }) => /^(\$|touchline-log)/.test(stream) || type.startsWith('$')),
    ).toEqual([]);
    expect(await store.head()).toBe(all.at(-1)?.position);
  });

  it('searches trailing system events for the head once only', async () => {
    const server = await wire.start();
    const store = await wire.open(server, { pageSize: 100 });
    await fill(store, 1);
    server.addSystemEvents(1_000);
    const head = await store.head();
    const sent = server.eventsSent;
    expect(await store.head()).toBe(head);
    expect(server.eventsSent - sent).toBe(1);
    await fill(store, 1);
    expect((await store.head())! > head!).toBe(true);
  });

  it('finds no event where none begins: between two, beyond the end, in another form', async () => {
    const store = await wire.open(await wire.start());
    const { position } = await store.append(newStream(), 'no-stream', newEvents(1));
    const moved = (by: bigint) => position.replace(/[0-9a-f]{16}/g, (part) => (BigInt(`0x${part}`) + by).toString(16).padStart(16, '0'));
    for (const nowhere of [moved(1n), moved(1_000_000n), '0000000000000007', 'first'])
      expect(await store.eventAt(asPosition(nowhere))).toBeNull();
    expect(await failure(collect(store.readAll({ after: asPosition('0000000000000000-') })))).toBeInstanceOf(RangeError);
  });
});

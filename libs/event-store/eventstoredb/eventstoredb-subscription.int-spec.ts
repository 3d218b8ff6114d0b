import { describe, expect, it } from '@jest/globals';
import { asPosition } from '@touchline/core';
import { PositionUnknown } from '../errors.js';
import { beyond, collect, failure, fill, Follower, ids, newEvent, newStream, WAYS_BEYOND } from '../testing/contract-log.js';
import { setBack } from '../testing/set-back.js';
import { eventually, useWireServer } from '../testing/wire-server/use-wire-server.js';

const wire = useWireServer();

describe('a subscription', () => {
  it('resumes exactly when the connection breaks again and again, also just after a system event', async () => {
    const server = await wire.start();
    const losses: number[] = [];
    const store = await wire.open(server, { onReconnect: (_, attempt) => losses.push(attempt) });
    const after = await store.head();
    const written = await fill(store, 300, 30);
    server.dropAfterEvents(1);
    // Every third event is followed by one of the server's: 1, 2, 3, 4 … events a connection end behind each kind.
    let next = 2;
    const follower = new Follower(store, { after, batchSize: 10 }, () => {
      if (losses.length === next - 1) server.dropAfterEvents(next++);
      return Promise.resolve();
    });
    await follower.until('all events', () => follower.events.length >= written.length, 60_000);
    await follower.stop();
    expect(ids(follower.events)).toEqual(written);
    expect(losses.length).toBeGreaterThan(5);
  });

  it('moves its position over a long run of system events, and goes on from there', async () => {
    const server = await wire.start();
    const store = await wire.open(server);
    const { position: after } = await store.append(newStream(), 'no-stream', [newEvent()]);
    const follower = new Follower(store, { after });
    await follower.until('caught up', () => follower.caughtUp);
    server.addSystemEvents(1_500);
    await follower.until('a position beyond', () => follower.batches.at(-1)!.position! > after);
    await follower.stop();
    const beyond = follower.batches.at(-1)!;
    expect(beyond.events).toEqual([]);
    expect(await store.eventAt(beyond.position!)).toBeNull();
    const written = await fill(store, 5);
    const next = new Follower(store, { after: beyond.position });
    await next.until('what followed', () => next.events.length === 5);
    await next.stop();
    expect(ids(next.events)).toEqual(written);
  });

  it('gives no batch for a few system events, and the position of the last of our own', async () => {
    const server = await wire.start();
    const store = await wire.open(server);
    await fill(store, 1);
    const after = await store.head();
    server.addSystemEvents(20);
    const follower = new Follower(store, { after });
    await follower.until('caught up', () => follower.caughtUp);
    server.addSystemEvents(20);
    const written = await fill(store, 1);
    await follower.until('the event', () => follower.events.length === 1 && follower.caughtUp);
    await follower.stop();
    expect(follower.batches[0]).toEqual({ events: [], position: after, caughtUp: true });
    expect(ids(follower.events)).toEqual(written);
    expect(follower.batches.every(({ position }) => position === after || position === follower.events[0]?.position)).toBe(true);
  });

  it('knows the head by comparison where the server never says that it caught up', async () => {
    const server = await wire.start({ caughtUpMessages: false });
    const store = await wire.open(server);
    const after = await store.head();
    const written = await fill(store, 120, 20);
    const follower = new Follower(store, { after, batchSize: 25 });
    await follower.until('caught up', () => follower.caughtUp);
    await follower.stop();
    expect(ids(follower.events)).toEqual(written);
    expect(follower.batches.slice(0, -1).some(({ caughtUp }) => caughtUp)).toBe(false);
  });

  it('says caught up again after it was held back', async () => {
    const server = await wire.start();
    const store = await wire.open(server);
    const follower = new Follower(store, { after: await store.head(), batchSize: 2 });
    await follower.until('caught up', () => follower.caughtUp);
    const written = await fill(store, 50, 50);
    await follower.until('all of it', () => follower.events.length === written.length && follower.caughtUp);
    await follower.stop();
    expect(follower.batches.filter(({ caughtUp }) => caughtUp).at(-1)?.position).toBe(await store.head());
  });

  it('lets the server wait for a slow consumer instead of reading everything ahead', async () => {
    const server = await wire.start();
    const store = await wire.open(server);
    const after = await store.head();
    const filler = 'x'.repeat(20_000);
    for (let i = 0; i < 50; i++) {
      const events = Array.from({ length: 20 }, () => newEvent({ data: `"${filler}"` }));
      await store.append(newStream(), 'no-stream', events);
    }
    let release = (): void => undefined;
    const mayGoOn = new Promise<void>((resolve) => (release = resolve));
    const sentBefore = server.eventsSent;
    const follower = new Follower(store, { after, batchSize: 20 }, () => mayGoOn);
    await follower.until('the first batch', () => follower.batches.length === 1);
    let sent = 0;
    await eventually('the server to be held back', async () => {
      const now = server.eventsSent;
      const still = now === sent;
      sent = now;
      await new Promise((resolve) => setTimeout(resolve, 200));
      return still;
    });
    // Of 20 MB less than a quarter has left the server.
    expect(sent - sentBefore).toBeLessThan(250);
    release();
    await follower.until('all of it', () => follower.events.length === 1_000);
    await follower.stop();
  });

  it('is begun anew when it has gone quiet while the log went on', async () => {
    const server = await wire.start();
    let lost = 0;
    const store = await wire.open(server, { quietMs: 200, onReconnect: () => lost++ });
    const follower = new Follower(store, { after: await store.head() });
    await follower.until('caught up', () => follower.caughtUp);
    server.forgetSubscriptions();
    const written = await fill(store, 3);
    await follower.until('what it had not been told', () => follower.events.length === 3);
    await follower.stop();
    expect(ids(follower.events)).toEqual(written);
    expect(lost).toBeGreaterThan(0);
  });

  it('is left alone as long as the log is idle', async () => {
    const server = await wire.start();
    let lost = 0;
    const store = await wire.open(server, { quietMs: 50, onReconnect: () => lost++ });
    const follower = new Follower(store, { after: await store.head() });
    await follower.until('caught up', () => follower.caughtUp);
    const sent = server.eventsSent;
    await eventually('ten looks at the head', () => server.eventsSent >= sent + 10);
    await follower.stop();
    expect(lost).toBe(0);
  });

  it.each([
    ['others stand in place of what it has read', 4],
    ['the log is shorter than it was', 1],
  ])('ends with PositionUnknown after an older copy of the log was put back and %s', async (_, written) => {
    const server = await wire.start();
    const store = await wire.open(server);
    const { position: after } = await store.append(newStream(), 'no-stream', [newEvent()]);
    const keep = await wire.behind.head();
    const follower = new Follower(store, { after });
    await fill(store, 4, 1);
    await follower.until('what will be lost', () => follower.events.length === 4);
    await server.close();
    await setBack(wire.pool, keep ?? asPosition(''));
    await fill(wire.behind, written);
    await wire.start({ port: server.port });
    expect(await failure(follower.until('anything further', () => follower.events.length > 4))).toBeInstanceOf(PositionUnknown);
    expect(follower.events).toHaveLength(4);
  });

  it('waits out a silent server, and goes on', async () => {
    const server = await wire.start();
    const failures: Error[] = [];
    const store = await wire.open(server, { deadlineMs: 200, onReconnect: (failure) => failures.push(failure) });
    const writer = await wire.open(server);
    const after = await writer.head();
    const written = await fill(writer, 4);
    server.silence();
    const follower = new Follower(store, { after });
    await eventually('two vain attempts', () => failures.length >= 2);
    server.endSilence();
    await follower.until('all events', () => follower.events.length === 4);
    await follower.stop();
    expect(ids(follower.events)).toEqual(written);
    expect(failures[0]?.message).toContain(`127.0.0.1:${server.port}`);
  });

  it.each(['23.10', '24.6'] as const)('refuses a position at which no event of this log begins, on %s', async (version) => {
    const store = await wire.open(await wire.start({ version }));
    const { position } = await store.append(newStream(), 'no-stream', [newEvent()]);
    const signal = new AbortController().signal;
    const from = (after: string) => failure(store.subscribeToAll({ after: asPosition(after), signal }).next());
    expect(await from('0000000000000001-0000000000000001')).toBeInstanceOf(PositionUnknown);
    for (const by of WAYS_BEYOND) expect(await from(beyond(position, by))).toBeInstanceOf(PositionUnknown);
    expect(await from('0000000000000001')).toBeInstanceOf(RangeError);
    expect(await collect(store.readAll({ limit: 1 }))).toHaveLength(1);
  });

  it('gives every event at once while it is live, says each time that it has caught up, and asks nobody where the head is', async () => {
    const server = await wire.start();
    const store = await wire.open(server);
    const follower = new Follower(store, { after: await store.head() });
    await follower.until('caught up', () => follower.caughtUp);
    const [reads, begun] = [server.calls.read, performance.now()];
    for (let count = 1; count <= 40; count += 1) {
      await store.append(newStream(), 'no-stream', [newEvent()]);
      await follower.until('the event', () => follower.events.length === count);
    }
    const seconds = (performance.now() - begun) / 1_000;
    await follower.stop();
    expect(server.calls.read - reads).toBeLessThanOrEqual(Math.ceil(seconds));
    expect(follower.batches.every(({ caughtUp }) => caughtUp)).toBe(true);
  });

  it.each(['23.10', '24.6'] as const)('reads on without a word when more comes at once than %s keeps for it', async (version) => {
    const server = await wire.start({ version });
    let lost = 0;
    const store = await wire.open(server, { onReconnect: () => lost++ });
    const writer = await wire.open(server, { deadlineMs: 30_000 });
    const follower = new Follower(store, { after: await store.head() });
    await follower.until('caught up', () => follower.caughtUp);
    const subscribed = server.calls.subscribe;
    const bursts = await Promise.all(Array.from({ length: 12 }, () => fill(writer, 200, 200)));
    await follower.until('all of it', () => follower.events.length === 2_400 && follower.caughtUp);
    await follower.stop();
    expect(new Set(ids(follower.events))).toEqual(new Set(bursts.flat()));
    expect(lost).toBe(0);
    if (version === '23.10') expect(server.calls.subscribe).toBeGreaterThan(subscribed);
  });
});

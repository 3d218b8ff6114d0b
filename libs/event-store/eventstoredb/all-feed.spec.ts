import { describe, expect, it } from '@jest/globals';
import { asPosition } from '@touchline/core';
import { PositionUnknown } from '../errors.js';
import type { StoredEvent } from '../port.js';
import { AllFeed } from './all-feed.js';
import { positionOf } from './records.js';
import type { Listener, StreamsApi } from './streams-api.js';

const at = (commit: number): StoredEvent['position'] => positionOf(String(commit), String(commit));
const event = (commit: number, type = 'NoteTaken'): StoredEvent => ({
  ...{ id: `event ${commit}`, stream: 'note-test.1', revision: 0, type, data: '{}', metadata: '{}' },
  position: at(commit),
});

/** A feed, and what the server sends it. */
async function feeding(received: number): Promise<{ feed: AllFeed; server: Listener }> {
  let listener: Listener | undefined;
  const api = { follow: (_: unknown, listens: Listener) => ((listener = listens), new Promise<void>(() => undefined)) };
  const feed = new AllFeed(api as unknown as StreamsApi, {
    ...{ after: at(received), received: at(received), handedOut: at(received), batchSize: 10, quietMs: 60_000, onForeign: () => undefined },
    newest: () => new Promise(() => undefined),
    confirm: () => Promise.resolve(),
  });
  await Promise.resolve().then(() => Promise.resolve());
  if (listener === undefined) throw new Error('nothing was asked for');
  return { feed, server: listener };
}

describe('what a subscription receives', () => {
  it.each([
    ['below', 70],
    ['at', 100],
  ])('ends it where an event stands %s what was received: the log was set back, and nothing is dropped', async (_, commit) => {
    const { feed, server } = await feeding(100);
    server.caughtUp();
    expect(await feed.next()).toEqual({ events: [], position: at(100), caughtUp: true });
    server.event(event(120), 10);
    server.event(event(commit), 10);
    expect((await feed.next())?.events.map(({ id }) => id)).toEqual(['event 120']);
    await expect(feed.next()).rejects.toBeInstanceOf(PositionUnknown);
    feed.close();
  });

  it('may hold events of the server once more that were passed over before', async () => {
    const { feed, server } = await feeding(100);
    server.event(event(90, '$statsCollected'), 10);
    server.event(event(130), 10);
    server.caughtUp();
    expect(await feed.next()).toEqual({ events: [event(130)], position: asPosition(at(130)), caughtUp: true });
    feed.close();
  });
});

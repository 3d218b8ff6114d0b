import { EventStoreDBClient } from '@eventstore/db-client';
import type { Position } from '@touchline/core';
import { parsePosition } from '@touchline/event-store/eventstoredb/records.js';
import type { LogAddress } from '../data/some-log.js';
import { openSomeLog } from '../data/some-log.js';
import type { Job } from './job.js';

export interface LogReadsInput {
  log: LogAddress;
  /** Events after this one are read; so many are there. */
  after: Position;
  events: number;
  how: 'read' | 'subscription';
  /** By the server's own client, without a driver of ours. */
  raw: boolean;
}

/** Reads events that are there, once through the log; how many a second. */
export const logReads: Job<LogReadsInput, { perSecond: number }> = async (input) => {
  const seconds = await (input.raw ? rawClient(input) : driver(input));
  return { perSecond: input.events / seconds };
};

async function driver({ log, after, events, how }: LogReadsInput): Promise<number> {
  const store = await openSomeLog(log);
  const began = performance.now();
  let read = 0;
  if (how === 'read') for await (const _ of store.readAll({ after, limit: events })) read += 1;
  else {
    const ended = new AbortController();
    for await (const batch of store.subscribeToAll({ after, signal: ended.signal }))
      if ((read += batch.events.length) >= events) ended.abort();
  }
  return ended(began, read, events, store);
}

async function rawClient({ log: { eventStore }, after, events, how }: LogReadsInput): Promise<number> {
  const at = parsePosition(after);
  if (eventStore === undefined || at === null) throw new Error('the raw client is that of EventStoreDB');
  const client = EventStoreDBClient.connectionString(eventStore.url);
  const fromPosition = { commit: BigInt(at.commit), prepare: BigInt(at.prepare) };
  const began = performance.now();
  let read = 0;
  const source = how === 'read' ? client.readAll({ fromPosition }) : client.subscribeToAll({ fromPosition });
  for await (const { event } of source) {
    const isOurs = event?.streamId.startsWith(`${eventStore.namespace}.`) === true;
    // A read begins with the event at the position, a subscription after it.
    if (isOurs && event.position.commit > fromPosition.commit) read += 1;
    if (read >= events) break;
  }
  return ended(began, read, events, { close: () => client.dispose() });
}

async function ended(began: number, read: number, events: number, reader: { close(): Promise<void> }): Promise<number> {
  const seconds = (performance.now() - began) / 1_000;
  await reader.close();
  if (read < events) throw new Error(`${read} events were read of ${events}`);
  return seconds;
}

import { randomUUID } from 'node:crypto';
import { EventStoreDBClient, NO_STREAM, jsonEvent } from '@eventstore/db-client';
import type { JSONType } from '@eventstore/db-client';
import { EVENT } from '../data/one-event.js';
import type { LogAddress } from '../data/some-log.js';
import { openSomeLog } from '../data/some-log.js';
import { appendsASecond } from './appends-a-second.js';
import type { Job } from './job.js';

export interface LogAppendsInput {
  log: LogAddress;
  waiting: number;
  seconds: number;
  /** By the server's own client, without a driver of ours. */
  raw: boolean;
}

type Append = (stream: string, revision: number) => Promise<unknown>;

/** One event each, several to a stream; appends a second. */
export const logAppends: Job<LogAppendsInput, { perSecond: number }> = async ({ log, waiting, seconds, raw }) => {
  const { append, close } = raw ? rawClient(log) : await driver(log);
  const { perSecond } = await appendsASecond({ waiting, seconds }, append);
  await close();
  return { perSecond };
};

async function driver(log: LogAddress): Promise<{ append: Append; close: () => Promise<void> }> {
  const store = await openSomeLog(log);
  return {
    append: (stream, revision) => store.append(stream, revision === 0 ? 'no-stream' : revision - 1, [{ id: randomUUID(), ...EVENT }]),
    close: () => store.close(),
  };
}

function rawClient({ eventStore }: LogAddress): { append: Append; close: () => Promise<void> } {
  if (eventStore === undefined) throw new Error('the raw client is that of EventStoreDB');
  const client = EventStoreDBClient.connectionString(eventStore.url);
  const event = { type: EVENT.type, data: JSON.parse(EVENT.data) as JSONType, metadata: JSON.parse(EVENT.metadata) as JSONType };
  return {
    append: (stream, revision) =>
      client.appendToStream(`${eventStore.namespace}.${stream}`, jsonEvent({ id: randomUUID(), ...event }), {
        expectedRevision: revision === 0 ? NO_STREAM : BigInt(revision - 1),
      }),
    close: () => client.dispose(),
  };
}

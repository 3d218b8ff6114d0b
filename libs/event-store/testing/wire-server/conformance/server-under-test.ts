import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import type streams from '@eventstore/db-client/generated/streams_pb.js';
import { PATIENCE_MS } from '@touchline/testing/patience.js';
import { randomUUID } from 'node:crypto';
import { CallRunner } from '../../../eventstoredb/call-runner.js';
import { positionOf } from '../../../eventstoredb/records.js';
import { subscriptionRequest } from '../../../eventstoredb/requests.js';
import { StreamsConnection } from '../../../eventstoredb/streams-connection.js';
import { StreamNames } from '../../../eventstoredb/stream-names.js';
import { type EndlessCall, type Listener, StreamsApi } from '../../../eventstoredb/streams-api.js';
import type { StoredEvent } from '../../../port.js';
import type { WireServer } from '../wire-server.js';

/** A server whose answers are held against what a real one was seen to answer. */
export interface ServerUnderTest {
  /** The official client, as anybody would use it. */
  client: EventStoreDBClient;
  /** The calls as they go over the wire, which the client's own errors tell less of. */
  api: StreamsApi;
  /** Single calls, for as long as they take. */
  connection: StreamsConnection;
  /** Null where it is a real one, which is not ours to stop or to set. */
  wire: WireServer | null;
  /** Whose answers they shall be where the two differ; null where nobody said. */
  version: '23.10' | '24.6' | null;
}

export async function connect(
  connectionString: string,
): Promise<Pick<ServerUnderTest, 'client' | 'api' | 'connection'> & { close(): Promise<void> }> {
  const client = EventStoreDBClient.connectionString(connectionString);
  const calls = CallRunner.to(connectionString, 10_000);
  const connection = StreamsConnection.connectionString(connectionString);
  return {
    client,
    connection,
    api: new StreamsApi(calls, StreamNames.in('')),
    async close() {
      calls.close();
      await client.dispose();
      await connection.dispose();
    },
  };
}

/** A client of its own, as somebody else. */
export async function withClient<T>(connectionString: string, work: (client: EventStoreDBClient) => Promise<T>): Promise<T> {
  const client = EventStoreDBClient.connectionString(connectionString);
  try {
    return await work(client);
  } finally {
    await client.dispose();
  }
}

export const newStream = (): string => `conformance-${randomUUID()}`;
export const note = (id: string = randomUUID(), text = 'a note') => jsonEvent({ id, type: 'NoteTaken', data: { text } });
export const notes = (count: number) => Array.from({ length: count }, () => note());

/** What stands in a stream: ids and texts, in order. */
export async function held(client: EventStoreDBClient, stream: string): Promise<{ id: string; text: unknown }[]> {
  const found: { id: string; text: unknown }[] = [];
  for await (const { event } of client.readStream(stream))
    if (event !== undefined) found.push({ id: event.id, text: (event.data as { text?: unknown }).text });
  return found;
}

/** How work failed, as the client says it; null where it did not. */
export async function failureOf(work: Promise<unknown>): Promise<{ type?: string; code?: number; message: string } | null> {
  return work.then(
    () => null,
    (error: unknown) => error as { type?: string; code?: number; message: string },
  );
}

/** What a subscription to $all is told, in order and each once, until it has caught up or failed. */
export function saidTo({ connection }: ServerUnderTest, after: bigint): Promise<string[]> {
  const said: string[] = [];
  const say = (word: string): number | false => !said.includes(word) && said.push(word);
  return connection.run(
    (client) =>
      new Promise<string[]>((resolve) => {
        const request = subscriptionRequest(positionOf(String(after), String(after)));
        const call = client.read(request, ...connection.argumentsFor(Date.now() + PATIENCE_MS));
        call.on('error', (error: Error & { code?: number }) => resolve([...said, `error ${error.code}`]));
        call.on('data', (response: streams.ReadResp) => {
          if (response.hasConfirmation()) say('confirmation');
          if (response.hasEvent()) say('event');
          if (!response.hasCaughtUp()) return;
          resolve([...said, 'caught up']);
          call.cancel();
        });
      }),
  );
}

/** A subscription to $all as it goes over the wire. */
export class Watch implements Listener {
  readonly events: StoredEvent[] = [];
  caughtUps = 0;
  failure: Error | undefined;
  private call: EndlessCall | undefined;
  private changed: () => void = () => undefined;

  constructor(api: StreamsApi, after: StoredEvent['position'] | null) {
    api.follow(after, this).catch((error: unknown) => {
      this.failure = error instanceof Error ? error : new Error(String(error));
      this.changed();
    });
  }

  event(event: StoredEvent): void {
    this.events.push(event);
    this.changed();
  }

  caughtUp(): void {
    this.caughtUps += 1;
    this.changed();
  }

  started(call: EndlessCall): void {
    this.call = call;
  }

  pause(): void {
    this.call?.pause();
  }

  resume(): void {
    this.call?.resume();
  }

  /** Waits for a condition, with a bound. */
  async until(what: string, holds: () => boolean): Promise<void> {
    const end = Date.now() + PATIENCE_MS;
    while (!holds()) {
      if (Date.now() > end)
        throw new Error(`not in time: ${what} (${this.events.length} events, ${this.failure?.message ?? 'no failure'})`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 100);
        this.changed = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  stop(): void {
    this.call?.cancel();
  }
}

import { randomUUID } from 'node:crypto';
import type { JsonObject, RecordedEvent, StreamCategory } from '@touchline/core';
import { asPosition, streamName } from '@touchline/core';
import type { ProblemDocument, RecordedAnswer } from '@touchline/http';
import { waitFor } from '@touchline/subscriptions';
import { PATIENCE_MS } from '@touchline/testing/patience.js';
import type { Client, TestApi } from './use-api.js';

/** A stream of the log of `dongfang`, as read back; personal fields stay sealed. */
export const eventsOf = ({ platform }: TestApi, category: StreamCategory, id: string): Promise<RecordedEvent[]> =>
  platform.services.deps.streams.events(streamName(category, 'dongfang', id));

/** Posts what must be refused with this code and leave the log as it was; fails where it is not. */
export async function refused(
  api: TestApi,
  client: Client,
  code: string,
  path: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<ProblemDocument> {
  const before = await api.countEvents();
  const answer = await client.post<ProblemDocument>(path, body, headers);
  const left = (await api.countEvents()) - before;
  if (answer.body.code !== code || answer.body.status !== answer.status || left !== 0)
    throw new Error(`${path} answered ${answer.status}, ${left} events recorded: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** Posts twice under one key; fails unless the second changes nothing and is answered like the first. */
export async function twice(api: TestApi, client: Client, path: string, body: object): Promise<RecordedAnswer> {
  const key = { 'idempotency-key': randomUUID() };
  const first = await client.record(path, body, key);
  const before = await api.countEvents();
  const second = await client.record(path, body, key);
  if (JSON.stringify(second) !== JSON.stringify(first) || (await api.countEvents()) !== before)
    throw new Error(`${path} was repeated: ${JSON.stringify({ first, second })}`);
  return first;
}

export interface Told {
  eventId: string;
  type: string;
  details: JsonObject;
  sealed: string[];
  corrections: { eventId: string; replaced: { field: string; before: unknown }[] }[];
}

/** How an event shows in the timeline, once that has come as far as `after`. */
export async function told({ platform }: TestApi, eventId: string, after: RecordedAnswer): Promise<Told> {
  if (after.position === null) throw new Error('nothing was recorded');
  const reached = await waitFor(platform, 'customer-timeline', asPosition(after.position), PATIENCE_MS);
  if (!reached.reached) throw new Error(`the timeline stays behind: ${JSON.stringify(reached)}`);
  const { rows } = await platform.pool.query<Told>(
    'select event_id as "eventId", type, details, sealed, corrections from read_model.customer_timeline where event_id = $1',
    [eventId],
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`the timeline does not show ${eventId}`);
  return row;
}

/** A first visit at the showroom by somebody who left this number: a customer and a journey that `client` owns. */
export const visited = async (api: TestApi, client: Client, phone: string): Promise<{ journeyId: string; customerId: string }> => {
  const { journeyId, customerId } = await client.record('/visits/received', {
    occurredAt: api.now,
    siteId: 'pudong',
    person: { phone },
    batchSize: 2,
    first: true,
    contactTaken: true,
  });
  return { journeyId: journeyId!, customerId: customerId! };
};

/** An id that nothing has. */
export const NOBODY = '3f9f4f0a-5a39-4a0e-9a39-6f4d2f3b8f10';

export const yuan = (amount: number): { amount: number; currency: string } => ({ amount: amount * 100, currency: 'CNY' });

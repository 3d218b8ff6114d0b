import type { Caller, Position } from '@touchline/core';
import type { SqlQuery } from '../sql-query.js';

// What a replay has to read (ADR 0016): every stream the reader may see that ever told of the customer, whomever it tells of by now.

type Reader = Pick<Caller, 'tenant' | 'sites'>;

const SEEN = `tenant = $1 and ($2::text[] is null or site_id = any($2)) and first_position <= $3`;
const seenBy = ({ tenant, sites }: Reader, upTo: Position): unknown[] => [tenant, sites === 'all' ? null : sites, upTo];

/** Of a customer; who looked at their data tells nothing of them. */
export async function streamsEverOf(ask: SqlQuery, reader: Reader, upTo: Position, customerId: string): Promise<string[]> {
  return streams(ask, `${SEEN} and customers @> array[$4]::text[] and category <> 'reveals'`, [...seenBy(reader, upTo), customerId]);
}

/** The stream itself, where the reader may see it. */
export async function streamToReplay(ask: SqlQuery, reader: Reader, upTo: Position, stream: string): Promise<string[]> {
  return streams(ask, `${SEEN} and stream = $4`, [...seenBy(reader, upTo), stream]);
}

/** All journeys, so many at a time. */
export async function* journeyStreams(ask: SqlQuery, reader: Reader, upTo: Position, atOnce: number): AsyncGenerator<string[]> {
  let last = '';
  for (;;) {
    const where = `${SEEN} and category = 'journey' and stream > $4 order by stream limit $5`;
    const page = await streams(ask, where, [...seenBy(reader, upTo), last, atOnce]);
    if (page.length > 0) yield page;
    if (page.length < atOnce) return;
    last = page.at(-1) ?? last;
  }
}

async function streams(ask: SqlQuery, where: string, values: readonly unknown[]): Promise<string[]> {
  const rows = await ask<{ stream: string }>(`select stream from read_model.customer_streams where ${where}`, values);
  return rows.map(({ stream }) => stream);
}

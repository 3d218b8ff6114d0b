import type { Pool, PoolClient } from 'pg';
import type { Position } from '@touchline/core';
import { parseStreamName } from '@touchline/core';
import type { StoredEvent } from '@touchline/event-store';
import { inTransaction } from '@touchline/postgres';
import type { ReplayDeps } from '@touchline/replay';
import { Skips } from '@touchline/subscriptions';
import { CATEGORIES, customerStreamsProjection, customersNamed } from './customer-streams.projection.js';

/** A stream of which the view and the log do not say the same. */
export interface StreamFault {
  stream: string;
  fault: 'not-listed' | 'not-in-the-log' | 'other-beginning' | 'customers-missing';
}

export interface StreamsChecked {
  events: number;
  streams: number;
  faults: number;
  /** At most the first hundred. */
  named: StreamFault[];
}

const BATCH = 1_000;
const MOST_NAMED = 100;

/**
 * Holds the view that says what a replay has to read against the whole log up to a position: every stream is listed from
 * where it begins, and under everybody it ever named. What the log says is gathered in a table, in bounded memory.
 */
export function checkStreams(
  deps: ReplayDeps & { pool: Pool },
  upTo: Position,
  { onEvent, signal }: { onEvent: () => void; signal: AbortSignal },
): Promise<StreamsChecked> {
  return inTransaction(deps.pool, async (client) => {
    await client.query(
      `create temp table scanned (stream text primary key, first_position text collate "C", customers text[]) on commit drop`,
    );
    const skips = new Skips(deps.store, deps.registry, customerStreamsProjection.name);
    let events = 0;
    let batch: StoredEvent[] = [];
    const flush = async (): Promise<void> => {
      await gather(client, deps, batch, skips);
      events += batch.length;
      batch = [];
    };
    for await (const event of deps.store.readAll()) {
      signal.throwIfAborted();
      if (event.position > upTo) break;
      onEvent();
      if (batch.push(event) === BATCH) await flush();
    }
    await flush();
    return { events, ...(await compare(client, upTo)) };
  });
}

async function gather(client: PoolClient, { registry }: ReplayDeps, batch: readonly StoredEvent[], skips: Skips): Promise<void> {
  const found = new Map<string, { first: Position; customers: Set<string> }>();
  for (const event of batch) {
    if (!CATEGORIES.has(parseStreamName(event.stream)?.category ?? '') || (await skips.has(event))) continue;
    const known = found.get(event.stream) ?? { first: event.position, customers: new Set() };
    found.set(event.stream, known);
    for (const customer of customersNamed(registry.decode(event))) known.customers.add(customer);
  }
  const rows = [...found].map(([stream, { first, customers }]) => ({ stream, first_position: first, customers: [...customers] }));
  await client.query(
    `insert into scanned select * from json_populate_recordset(null::scanned, $1)
     on conflict (stream) do update set customers = scanned.customers || excluded.customers`,
    [JSON.stringify(rows)],
  );
}

async function compare(client: PoolClient, upTo: Position): Promise<Omit<StreamsChecked, 'events'>> {
  await client.query('analyze scanned');
  const compared = `
    select coalesce(scanned.stream, listed.stream) as stream,
      case
        when listed.stream is null then 'not-listed'
        when scanned.stream is null then 'not-in-the-log'
        when listed.first_position <> scanned.first_position then 'other-beginning'
        when not listed.customers @> scanned.customers then 'customers-missing'
      end as fault
    from scanned full join (select * from read_model.customer_streams where first_position <= $1) as listed using (stream)`;
  const { rows: counts } = await client.query<{ streams: number; faults: number }>(
    `select count(*)::integer as streams, count(fault)::integer as faults from (${compared}) as compared`,
    [upTo],
  );
  const { rows: named } = await client.query<StreamFault>(
    `select stream, fault from (${compared}) as compared where fault is not null order by stream limit ${MOST_NAMED}`,
    [upTo],
  );
  return { streams: counts[0]?.streams ?? 0, faults: counts[0]?.faults ?? 0, named };
}

import type { ClientBase, Pool } from 'pg';
import type { JsonObject } from '@touchline/core';
import { ERASED_KEYS_CHANNEL } from './personal-keys.js';

/** A key that was destroyed, or kept from ever being made. */
export interface ErasedKey {
  kind: 'key';
  tenant: string;
  subject: string;
  erasedAt: string;
}

/** What the log is to tell of an erasure; nothing personal. */
export interface ToldErasure {
  kind: 'erasure';
  tenant: string;
  customerId: string;
  request: JsonObject;
  begunAt: string;
}

/** Everybody who was erased: kept outside the database, so that an older copy put back does not bring them back (ADR 0020). */
export type ErasureEntry = ErasedKey | ToldErasure;

const AT_ONCE = 5_000;

const KEYS = `select tenant, subject, erased_at from touchline.personal_keys
  where erased_at is not null and (tenant, subject) > ($1, $2) order by tenant, subject limit ${AT_ONCE}`;
const ERASURES = `select tenant, customer_id, request, begun_at from touchline.erasures
  where (tenant, customer_id) > ($1, $2) order by tenant, customer_id limit ${AT_ONCE}`;

/** The ledger of this database, in bounded memory. On a client within a transaction it is of that moment. */
export async function* erasureLedger(client: Pick<Pool | ClientBase, 'query'>): AsyncGenerator<ErasureEntry> {
  for (let after = ['', '']; ;) {
    const { rows } = await client.query<{ tenant: string; subject: string; erased_at: Date }>(KEYS, after);
    for (const { tenant, subject, erased_at } of rows) yield { kind: 'key', tenant, subject, erasedAt: erased_at.toISOString() };
    const last = rows.at(-1);
    if (last === undefined) break;
    after = [last.tenant, last.subject];
  }
  for (let after = ['', '']; ;) {
    const { rows } = await client.query<{ tenant: string; customer_id: string; request: JsonObject; begun_at: Date }>(ERASURES, after);
    for (const { tenant, customer_id: customerId, request, begun_at } of rows)
      yield { kind: 'erasure', tenant, customerId, request, begunAt: begun_at.toISOString() };
    const last = rows.at(-1);
    if (last === undefined) break;
    after = [last.tenant, last.customer_id];
  }
}

const ERASE = `
  with erased as (
    insert into touchline.personal_keys (tenant, subject, erased_at)
    select * from unnest($1::text[], $2::text[], $3::timestamptz[])
    on conflict (tenant, subject) do update
      set wrapped_key = null, master_version = null, erased_at = coalesce(personal_keys.erased_at, excluded.erased_at)
      where personal_keys.erased_at is null
    returning tenant, subject)
  select pg_notify('${ERASED_KEYS_CHANNEL}', tenant || '/' || subject) from erased`;

const TELL = `
  insert into touchline.erasures as known (tenant, customer_id, request, begun_at)
  select * from unnest($1::text[], $2::text[], $3::jsonb[], $4::timestamptz[])
  on conflict (tenant, customer_id) do update set completed_at = null where $5 and known.completed_at is not null`;

/**
 * Erases again whom a ledger names, in the caller's transaction: no key of theirs stands after it. Erasures that this
 * database does not know are noted as begun, so that the platform tells the log of them when it runs; `tellAll`: the others
 * too, for a log that may have lost them. Telling it again what it knows changes nothing.
 */
export async function eraseAgain(
  client: ClientBase,
  ledger: AsyncIterable<ErasureEntry>,
  { tellAll }: { tellAll: boolean },
): Promise<{ keys: number; told: number }> {
  const done = { keys: 0, told: 0 };
  let [keys, erasures]: [ErasedKey[], ToldErasure[]] = [[], []];
  const flush = async (): Promise<void> => {
    const erased = await client.query(ERASE, [
      keys.map((each) => each.tenant),
      keys.map((each) => each.subject),
      keys.map((each) => each.erasedAt),
    ]);
    const told = await client.query(TELL, [
      erasures.map((each) => each.tenant),
      erasures.map((each) => each.customerId),
      erasures.map((each) => JSON.stringify(each.request)),
      erasures.map((each) => each.begunAt),
      tellAll,
    ]);
    done.keys += erased.rowCount ?? 0;
    done.told += told.rowCount ?? 0;
    [keys, erasures] = [[], []];
  };
  for await (const entry of ledger) {
    if (entry.kind === 'key') keys.push(entry);
    else erasures.push(entry);
    if (keys.length + erasures.length === AT_ONCE) await flush();
  }
  await flush();
  return done;
}

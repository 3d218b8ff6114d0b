import type { Json, JsonObject, RecordedEvent } from '@touchline/core';
import type { Platform } from '@touchline/platform';
import { projections } from '@touchline/projections';
import { READ_MODEL_SCHEMA } from '@touchline/subscriptions';

// What two runs of the same work must have in common: all but when it was recorded, and where in the log it came to stand.

/** Everything in the log, a stream at a time, personal fields opened. */
export async function logOf({ store, registry, sealing }: Platform): Promise<string[]> {
  const events: RecordedEvent[] = [];
  for await (const stored of store.readAll()) events.push(registry.decode(stored));
  return (await sealing.open(events)).map(comparableEvent).sort();
}

const RUN_DEPENDENT = new Set(['recordedAt', 'hash', 'previousHash', 'correlationId', 'causationId', 'since', 'position']);

function comparableEvent({ id, stream, revision, type, data, meta }: RecordedEvent): string {
  const place = String(revision).padStart(6, '0');
  return `${stream} ${place} ${type} ${id} ${JSON.stringify(sorted(data))} ${JSON.stringify(sorted(meta as unknown as Json))}`;
}

const POSITIONS = new Set(['folded_position', 'position', 'first_position', 'recorded_at', 'late_by_seconds']);

/** Rows of every read model. */
export async function rowsOf({ pool }: Platform): Promise<Record<string, string[]>> {
  const tables = projections.map(async ({ projection: { name, table } }): Promise<[string, string[]]> => {
    const { rows } = await pool.query<JsonObject>(`select * from ${READ_MODEL_SCHEMA}.${table}`);
    const comparable = rows.map((row) => Object.fromEntries(Object.entries(row).filter(([column]) => !POSITIONS.has(column))));
    return [name, comparable.map((row) => JSON.stringify(sorted(row))).sort()];
  });
  return Object.fromEntries(await Promise.all(tables));
}

function sorted(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map((each) => sorted(each) ?? null);
  if (typeof value !== 'object' || value === null) return value;
  // Dates of the driver are left to JSON.stringify.
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  const kept = Object.entries(value).filter(([key]) => !RUN_DEPENDENT.has(key));
  return Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, each]) => [key, sorted(each)]));
}

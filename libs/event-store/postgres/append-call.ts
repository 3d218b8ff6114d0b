import { bigintArray, intArray, textArray, type TimedQuery, uuidArray } from '@touchline/postgres';
import type { ClientBase } from 'pg';
import { WrongExpectedRevision } from '../errors.js';
import type { AppendResult, StreamAppend } from '../port.js';
import { toPosition } from './positions.js';

interface Verdict {
  verdict: 'appended' | 'repeated' | 'conflict';
  revision: string;
  position: string;
}

const APPEND = {
  name: 'event_log_append',
  text: 'select verdict, revision, position from event_log.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)',
};

const APPEND_ONE = { name: 'event_log_append_one', text: 'select event_log.append_one($1, $2, $3, $4, $5, $6) as position' };

/**
 * Sends a group of appends in one call, one transaction of its own. @returns per append its result or its refusal
 * @throws the database's error, and then nothing of the group was written; a lost connection leaves that open
 */
export async function callAppend(
  client: ClientBase,
  group: readonly StreamAppend[],
  timeoutMs: number,
): Promise<(AppendResult | WrongExpectedRevision)[]> {
  const alone = await callAppendOne(client, group, timeoutMs);
  if (alone !== null) return [alone];
  const slots = new Map<string, number>();
  for (const { stream } of group) if (!slots.has(stream)) slots.set(stream, slots.size + 1);
  const events = group.flatMap((append) => append.events);
  const query: TimedQuery = {
    ...APPEND,
    query_timeout: timeoutMs,
    values: [
      textArray([...slots.keys()]),
      intArray(group.map(({ stream }) => slots.get(stream) ?? 0)),
      bigintArray(group.map(({ expected }) => (expected === 'no-stream' ? -1 : expected))),
      intArray(group.map((append) => append.events.length)),
      intArray(group.flatMap((append, index) => append.events.map(() => index + 1))),
      intArray(group.flatMap((append) => append.events.map((_, place) => place))),
      uuidArray(events.map(({ id }) => id)),
      textArray(events.map(({ type }) => type)),
      textArray(events.map(({ data }) => data)),
      textArray(events.map(({ metadata }) => metadata)),
    ],
  };
  const { rows } = await client.query<Verdict>(query);
  return group.map(({ stream, expected }, index) => {
    const row = rows[index];
    if (row === undefined) throw new Error(`${rows.length} verdicts for ${group.length} appends`);
    const revision = Number(row.revision);
    return row.verdict === 'conflict'
      ? new WrongExpectedRevision(stream, expected, revision === -1 ? 'no-stream' : revision)
      : { revision, position: toPosition(row.position) };
  });
}

/** Null where it is not one event alone, or is not at its place: then nothing was written. */
async function callAppendOne(client: ClientBase, group: readonly StreamAppend[], timeoutMs: number): Promise<AppendResult | null> {
  const [append, another] = group;
  const [event, further] = append?.events ?? [];
  if (append === undefined || event === undefined || another !== undefined || further !== undefined) return null;
  const expected = append.expected === 'no-stream' ? -1 : append.expected;
  const query: TimedQuery = {
    ...APPEND_ONE,
    query_timeout: timeoutMs,
    values: [append.stream, expected, event.id, event.type, event.data, event.metadata],
  };
  const { rows } = await client.query<{ position: string | null }>(query);
  const position = rows[0]?.position ?? null;
  return position === null ? null : { revision: expected + 1, position: toPosition(position) };
}

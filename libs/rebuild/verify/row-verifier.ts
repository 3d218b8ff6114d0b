import { isDeepStrictEqual } from 'node:util';
import type { Pool, PoolClient } from 'pg';
import type { Position, RecordedEvent } from '@touchline/core';
import { asPosition } from '@touchline/core';
import { inTransaction } from '@touchline/postgres';
import type { ReplayDeps } from '@touchline/replay';
import { Replay, rowsOf } from '@touchline/replay';
import type { Builds, Checkpoints, FailedEvent, FoldedRow, OpenEvents, StoredProjection } from '@touchline/subscriptions';
import { FOLDED_COLUMNS, RowStore, asideOf, isOfThisLog, standingEvents } from '@touchline/subscriptions';
import type { Difference } from '../compare.js';
import { firstEvents } from '../explain.js';

export interface VerifyDeps extends ReplayDeps {
  pool: Pool;
  builds: Builds;
  checkpoints: Checkpoints;
  open: OpenEvents;
}

/** A live row that is not what the log says; changed: both have one · missing: the log has none · added: only the log has one. */
export interface RowFault extends Difference {
  tenant: string | null;
  event: FailedEvent | null;
}

/** The live rows are not those of this release, or of another log: they cannot be held against it. */
export class RowsNotOurs extends Error {
  override readonly name = 'RowsNotOurs';
}

/** What was looked at together: rows and their place in the log as of one moment. */
export interface Looked {
  position: Position | null;
  rows: number;
  faults: RowFault[];
}

/** Streams that are set aside, and how far each is worked in; null where it is not at all. */
type Aside = ReadonlyMap<string, Position | null>;

type Rows<Row extends object> = Map<string, FoldedRow<Row>>;

/** Holds live rows against replay of their streams, up to the place in the log that the rows stand at (ADR 0021). */
export class RowVerifier<Row extends object> {
  constructor(
    private readonly deps: VerifyDeps,
    private readonly projection: StoredProjection<Row>,
  ) {}

  /** Rows that `pick` names by a statement that gives keys; `$1` on are its values. */
  async ofKeys(pick: (table: string) => { sql: string; values?: readonly unknown[] }): Promise<Looked> {
    return this.look(async (client, table, store, position, aside) => {
      const { sql, values = [] } = pick(table);
      const { rows } = await client.query<{ key: string }>(sql, [...values]);
      const live = await store.load(
        client,
        rows.map(({ key }) => key),
      );
      const streams = new Map<string, Set<string>>();
      for (const [key, { foldedPosition }] of live) {
        const stream = (await this.deps.store.eventAt(foldedPosition))?.stream;
        // One that stands at no event is compared with nothing, and so differs.
        if (stream !== undefined) streams.set(stream, (streams.get(stream) ?? new Set()).add(key));
      }
      const replayed: Rows<Row> = new Map();
      for (const [stream, keys] of streams)
        for (const [key, row] of await this.replay(stream, position, aside)) if (keys.has(key)) replayed.set(key, row);
      return { live, replayed };
    });
  }

  /** All rows of these streams, those that are not there among them. `seen` is told their keys. */
  async ofStreams(streams: readonly string[], seen: (keys: readonly string[]) => Promise<void>): Promise<Looked> {
    return this.look(async (client, _, store, position, aside) => {
      const replayed: Rows<Row> = new Map();
      for (const stream of streams) for (const [key, row] of await this.replay(stream, position, aside)) replayed.set(key, row);
      await seen([...replayed.keys()]);
      return { live: await store.load(client, [...replayed.keys()]), replayed };
    });
  }

  private look(
    read: (
      client: PoolClient,
      table: string,
      store: RowStore<Row>,
      position: Position,
      aside: Aside,
    ) => Promise<{ live: Rows<Row>; replayed: Rows<Row> }>,
  ): Promise<Looked> {
    const { deps, projection } = this;
    return inTransaction(deps.pool, async (client) => {
      await client.query('set transaction isolation level repeatable read, read only');
      const { schema, position } = await this.standing(client);
      if (position === null) return { position, rows: 0, faults: [] };
      const table = `${schema}.${projection.table}`;
      const aside = new Map([...(await asideOf(client, projection.name))].map(([stream, { after }]) => [stream, after]));
      const { live, replayed } = await read(client, table, new RowStore(projection, schema), position, aside);
      const faults = [...new Set([...live.keys(), ...replayed.keys()])].flatMap((key) => {
        const difference = differenceOf(projection, key, live.get(key), replayed.get(key));
        return difference === null ? [] : [difference];
      });
      const unexplained = faults.map((fault) => ({
        ...fault,
        before: live.get(fault.key)?.row ?? null,
        after: replayed.get(fault.key)?.row ?? null,
        foldedPosition: (replayed.get(fault.key) ?? live.get(fault.key))?.foldedPosition ?? asPosition(''),
      }));
      const events = await firstEvents(deps, projection, position, unexplained);
      const named = faults.map((fault) => ({ ...fault, event: events.get(fault.key) ?? null }));
      return { position, rows: Math.max(live.size, replayed.size), faults: named };
    });
  }

  /** Build and checkpoint as of the transaction. @throws RowsNotOurs */
  private async standing(client: PoolClient): Promise<{ schema: string; position: Position | null }> {
    const { name, version } = this.projection;
    const { rows } = await client.query<{
      schema: string;
      version: number;
      logId: string | null;
      position: Position | null;
      eventId: string | null;
    }>(
      `select builds.schema, builds.version, checkpoints.log_id as "logId", position, event_id as "eventId"
       from touchline.builds as builds left join touchline.checkpoints as checkpoints on name = projection
       where projection = $1 and builds.state = 'live'`,
      [name],
    );
    const [live] = rows;
    if (live?.version !== version)
      throw new RowsNotOurs(`the live rows of ${name} are of version ${live?.version ?? 'none'}, this release is of ${version}`);
    const { schema, position, eventId, logId } = live;
    if (logId !== null && !(await isOfThisLog(this.deps.store, { logId, position, eventId })))
      throw new RowsNotOurs(`the live rows of ${name} are of another log than this`);
    return { schema, position };
  }

  /** Of a stream that is set aside, what there was of it before the event that failed. */
  private async replay(stream: string, position: Position, aside: Aside): Promise<Rows<Row>> {
    const { deps, projection } = this;
    const upTo = aside.has(stream) ? aside.get(stream) : position;
    if (!upTo || (projection.personal && aside.has(stream))) return new Map();
    const [events = []] = await new Replay(deps, { upTo }).histories(projection, [stream]);
    const opened: RecordedEvent[] = projection.personal ? await deps.open(events) : events;
    return rowsOf(projection, standingEvents(opened));
  }
}

function differenceOf<Row extends object>(
  { columns }: StoredProjection<Row>,
  key: string,
  live: FoldedRow<Row> | undefined,
  replayed: FoldedRow<Row> | undefined,
): (Difference & { tenant: string | null }) | null {
  const tenant = tenantOf(live) ?? tenantOf(replayed);
  if (live === undefined || replayed === undefined) return { key, tenant, kind: live === undefined ? 'added' : 'missing', columns: [] };
  const differing = columns.flatMap(({ property }) =>
    same(valueOf(live.row, property), valueOf(replayed.row, property)) ? [] : [property],
  );
  const place = FOLDED_COLUMNS.flatMap(({ property, name }) => (valueOf(live, property) === valueOf(replayed, property) ? [] : [name]));
  return differing.length + place.length === 0 ? null : { key, tenant, kind: 'changed', columns: [...differing, ...place] };
}

const valueOf = (row: object, property: string): unknown => (row as Record<string, unknown>)[property] ?? null;

/** As both come back from the database. */
const same = (a: unknown, b: unknown): boolean => isDeepStrictEqual(JSON.parse(JSON.stringify(a)), JSON.parse(JSON.stringify(b)));

function tenantOf(row: FoldedRow | undefined): string | null {
  const tenant = row === undefined ? null : valueOf(row.row, 'tenant');
  return typeof tenant === 'string' ? tenant : null;
}

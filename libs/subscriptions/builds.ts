import type { ClientBase, Pool } from 'pg';
import { inTransaction } from '@touchline/postgres';
import { CONTROL_CHANNEL } from './checkpoints.js';
import type { StoredProjection } from './stored-projection.js';

/** building: filled beside the live one · cancelled, refused: stands still · kept: was live, until it is dropped. */
export type BuildState = 'building' | 'cancelled' | 'refused' | 'live' | 'kept' | 'dropped';

/** One set of rows of a projection, with tables in a schema of their own (ADR 0021). */
export interface Build {
  projection: string;
  /** Counts up; a number is used once. */
  build: number;
  version: number;
  schema: string;
  state: BuildState;
  /** An operator said that rows which differ are no reason not to switch. */
  acceptDifferences: boolean;
  /** Instants are ISO 8601 UTC. */
  begunAt: string;
  endedAt: string | null;
  /** Events of the log when it was begun; null until they are counted. */
  total: number | null;
  /** Time spent on it, all processes together. */
  workedMs: number;
  /** Definitions of the indexes that are made at the end; null before they were put off. */
  indexes: string[] | null;
  /** What came of the comparison with the live rows. */
  report: object | null;
}

/** Which rows a run writes, and under which name its checkpoint and lease stand. */
export interface Target {
  name: string;
  build: number;
  schema: string;
  /** Told within the transaction of every batch; what it throws takes the batch back. */
  worked?(client: ClientBase): Promise<void>;
}

export const liveTarget = ({ projection, build, schema }: Build): Target => ({ name: projection, build, schema });

/** Of the checkpoint and the lease of a build that is not live; the live one goes by the projection's name. */
export const buildName = ({ projection, build }: Pick<Build, 'projection' | 'build'>): string => `${projection}/${build}`;

/** Schema of one build: `<view>_v<version>_<build>`. */
export const buildSchema = ({ table, version }: Pick<StoredProjection, 'table' | 'version'>, build: number): string =>
  `${table}_v${version}_${build}`;

/** Postgres schema of the names that queries read by: for each read model a view of the rows that are live (ADR 0021). */
export const READ_MODEL_SCHEMA = 'read_model';

/** The statement by which queries read these rows from now on; the columns may only have grown. */
export const liveView = ({ table }: Pick<StoredProjection, 'table'>, schema: string): string =>
  `create or replace view ${READ_MODEL_SCHEMA}.${table} as select * from ${schema}.${table}`;

interface BuildRow extends Omit<Build, 'begunAt' | 'endedAt' | 'total' | 'workedMs'> {
  begunAt: Date;
  endedAt: Date | null;
  total: string | null;
  workedMs: string;
}

const COLUMNS = `projection, build, version, schema, state, accept_differences as "acceptDifferences", begun_at as "begunAt",
  ended_at as "endedAt", total, worked_ms as "workedMs", indexes, report`;

const toBuild = (row: BuildRow): Build => ({
  ...row,
  begunAt: row.begunAt.toISOString(),
  endedAt: row.endedAt?.toISOString() ?? null,
  total: row.total === null ? null : Number(row.total),
  workedMs: Number(row.workedMs),
});

/** Which builds there are. Of a projection one is live, and at most one is the next: under way, cancelled or refused. */
export class Builds {
  constructor(private readonly pool: Pool) {}

  /** Those of one projection, or of all, the newest first; dropped ones too, as history. */
  async list(projection?: string): Promise<Build[]> {
    return this.select('where $1::text is null or projection = $1 order by projection, build desc', [projection ?? null]);
  }

  /** Null where no process of this release has made its tables yet. */
  async live(projection: string): Promise<Build | null> {
    return (await this.select(`where projection = $1 and state = 'live'`, [projection]))[0] ?? null;
  }

  async next(projection: string): Promise<Build | null> {
    return (await this.select(`where projection = $1 and state in ('building', 'cancelled', 'refused')`, [projection]))[0] ?? null;
  }

  async get({ projection, build }: Pick<Build, 'projection' | 'build'>): Promise<Build | null> {
    return (await this.select('where projection = $1 and build = $2', [projection, build]))[0] ?? null;
  }

  underWay(): Promise<Build[]> {
    return this.select(`where state = 'building' order by begun_at, projection`, []);
  }

  /**
   * Begins the next build, for a projector to fill; one that was cancelled or refused, or is of an older version, goes.
   * @returns null where one of this version, or of a later one, is under way
   */
  async begin(projection: Pick<StoredProjection, 'name' | 'table' | 'version'>, { acceptDifferences = false } = {}): Promise<Build | null> {
    return inTransaction(this.pool, async (client) => {
      // One begins at a time, so that nobody sees two.
      await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`touchline.builds ${projection.name}`]);
      const next = await this.next(projection.name);
      if (next?.state === 'building' && next.version >= projection.version) return null;
      if (next !== null) await removeBuild(client, next);
      const { rows: last } = await client.query<{ build: number | null }>(
        'select max(build) as build from touchline.builds where projection = $1',
        [projection.name],
      );
      const build = (last[0]?.build ?? 0) + 1;
      const { rows } = await client.query<BuildRow>(
        `insert into touchline.builds (projection, build, version, schema, state, accept_differences)
         values ($1, $2, $3, $4, 'building', $5) returning ${COLUMNS}`,
        [projection.name, build, projection.version, buildSchema(projection, build), acceptDifferences],
      );
      await client.query('select pg_notify($1, $2)', [CONTROL_CHANNEL, projection.name]);
      return toBuild(rows[0]!);
    });
  }

  /** Has a build that is under way stand still; false where it is not. Without its rows it begins anew when it is resumed. */
  async cancel(build: Build, { removingRows = false } = {}): Promise<boolean> {
    return inTransaction(this.pool, async (client) => {
      const { rowCount } = await client.query(
        `update touchline.builds
         set state = 'cancelled', ended_at = clock_timestamp(), indexes = case when $3 then null else indexes end,
           worked_ms = case when $3 then 0 else worked_ms end
         where projection = $1 and build = $2 and state = 'building' returning pg_notify('${CONTROL_CHANNEL}', $1)`,
        [build.projection, build.build, removingRows],
      );
      if (rowCount === 1 && removingRows) await removeRows(client, build);
      return rowCount === 1;
    });
  }

  /** Has a cancelled build go on; false where there is none. */
  async resume(projection: string): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      `update touchline.builds set state = 'building', ended_at = null
       where projection = $1 and state = 'cancelled' returning pg_notify('${CONTROL_CHANNEL}', $1)`,
      [projection],
    );
    return rowCount === 1;
  }

  /** Removes the rows of builds that stand still; what was live before, and what was cancelled or refused. */
  async drop(projection: string): Promise<Build[]> {
    return inTransaction(this.pool, async (client) => {
      const { rows } = await client.query<BuildRow>(
        `select ${COLUMNS} from touchline.builds
         where projection = $1 and state in ('kept', 'cancelled', 'refused') order by build for update`,
        [projection],
      );
      const builds = rows.map(toBuild);
      for (const build of builds) await removeBuild(client, build);
      return builds;
    });
  }

  private async select(rest: string, values: readonly unknown[]): Promise<Build[]> {
    const { rows } = await this.pool.query<BuildRow>(`select ${COLUMNS} from touchline.builds ${rest}`, [...values]);
    return rows.map(toBuild);
  }
}

/** What is known of it stays; its rows, its place in the log and its list of differences go. */
export async function removeBuild(client: ClientBase, build: Build): Promise<void> {
  await client.query(
    `update touchline.builds set state = 'dropped', ended_at = coalesce(ended_at, clock_timestamp()), indexes = null
     where projection = $1 and build = $2`,
    [build.projection, build.build],
  );
  await removeRows(client, build);
  await client.query('delete from touchline.leases where name = $1', [buildName(build)]);
  await client.query('delete from touchline.build_differences where projection = $1 and build = $2', [build.projection, build.build]);
}

/** Waits for whoever still works on it: the checkpoint goes first, without which nobody writes. */
export async function removeRows(client: ClientBase, build: Pick<Build, 'projection' | 'build' | 'schema'>): Promise<void> {
  await client.query('delete from touchline.checkpoints where name = $1', [buildName(build)]);
  await client.query('delete from touchline.set_aside where reader = $1', [buildName(build)]);
  await client.query(`drop schema if exists ${build.schema} cascade`);
}

import type { ClientBase, Pool } from 'pg';
import { inTransaction } from '@touchline/postgres';
import type { Build, RowColumn, RowTable, StoredProjection } from '@touchline/subscriptions';
import { FOLDED_COLUMNS } from '@touchline/subscriptions';

/** Keys that differ are named up to so many; all of them are counted. */
export const MOST_NAMED = 1_000;

/** changed: both have a row · missing: only the live rows have it · added: only the rebuilt ones. */
export type DifferenceKind = 'changed' | 'missing' | 'added';

export interface Compared {
  equal: boolean;
  rows: { live: number; built: number };
  /** Over the columns that both have, rows in the order of their keys. */
  checksums: { live: string; built: string };
  /** Columns of one side only are not compared. */
  columns: { onlyLive: string[]; onlyBuilt: string[] };
  differing: Record<DifferenceKind, number>;
}

/** Settings of a transaction that compares. */
export const FOR_COMPARING = `set local work_mem = '64MB'; set local jit = off`;

/** A key of which the rows differ; named with the build. */
export interface Difference {
  key: string;
  kind: DifferenceKind;
  /** Properties of the row. */
  columns: string[];
}

/** The columns that both sides have, the key among them. */
export async function commonColumns(
  client: ClientBase,
  { table, columns }: StoredProjection,
  live: Pick<Build, 'schema'>,
): Promise<RowTable['columns']> {
  const there = await typesOf(client, `${live.schema}.${table}`);
  const [key, ...rest] = columns;
  return [key, ...rest.filter(({ name }) => there.has(name))];
}

/**
 * Compares two builds of a view row by row, as they stand for this transaction, and notes with the new one which keys
 * differ. The engine's own two columns count as well: a row that is folded to another place goes on differently.
 */
export async function compareBuilds(
  client: ClientBase,
  pool: Pool,
  projection: StoredProjection,
  live: Build,
  built: Build,
): Promise<Compared> {
  const { table, columns } = projection;
  const there = await typesOf(client, `${live.schema}.${table}`);
  const here = [...columns, ...FOLDED_COLUMNS];
  const common = here.filter(({ name }) => there.has(name));
  const key = columns[0].name;
  const names = common.map(({ name }) => name);
  // At the same time, on a connection each: both stand still for as long as the caller's transaction lasts.
  const [liveSum, builtSum] = await Promise.all([
    checksumOf(client, `${live.schema}.${table}`, key, names),
    inTransaction(pool, async (beside) => {
      await beside.query(FOR_COMPARING);
      return checksumOf(beside, `${built.schema}.${table}`, key, names);
    }),
  ]);
  const sums = { live: liveSum, built: builtSum };
  const compared = {
    rows: { live: sums.live.rows, built: sums.built.rows },
    checksums: { live: sums.live.checksum, built: sums.built.checksum },
    columns: {
      onlyLive: [...there.keys()].filter((column) => !here.some(({ name }) => name === column)),
      onlyBuilt: here.flatMap(({ name }) => (there.has(name) ? [] : [name])),
    },
  };
  if (sums.live.checksum === sums.built.checksum) return { equal: true, ...compared, differing: { changed: 0, missing: 0, added: 0 } };
  const differing = await noteDifferences(client, projection, { live, built }, { key, common, there });
  return { equal: false, ...compared, differing };
}

/** Column → type, in the order of the table: of rows of another version, whose entity is gone, only the database knows. */
async function typesOf(client: ClientBase, table: string): Promise<Map<string, string>> {
  const { rows } = await client.query<{ name: string; type: string }>(
    `select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`,
    [table],
  );
  return new Map(rows.map(({ name, type }) => [name, type]));
}

const CHUNK = 10_000;

/** Digests of rows, of chunks of them, and of all chunks: in bounded memory, whatever the size of the table. */
async function checksumOf(
  client: ClientBase,
  table: string,
  key: string,
  columns: readonly string[],
): Promise<{ rows: number; checksum: string }> {
  const { rows } = await client.query<{ rows: string; checksum: string }>(`
    with digests as (
      select ${key} as key, md5(row(${columns.join(', ')})::text) as digest, row_number() over (order by ${key}) / ${CHUNK} as chunk
      from ${table}),
    chunks as (select chunk, count(*) as rows, md5(string_agg(digest, '' order by key)) as digest from digests group by chunk)
    select coalesce(sum(rows), 0) as rows, md5(coalesce(string_agg(digest, '' order by chunk), '')) as checksum from chunks`);
  return { rows: Number(rows[0]?.rows ?? 0), checksum: rows[0]?.checksum ?? '' };
}

async function noteDifferences(
  client: ClientBase,
  { table }: StoredProjection,
  { live, built }: { live: Build; built: Build },
  { key, common, there }: { key: string; common: readonly RowColumn[]; there: Map<string, string> },
): Promise<Record<DifferenceKind, number>> {
  const differs = common.map(({ name, property, type }) => {
    // What cannot be compared as it is can be as JSON.
    const [l, b] = there.get(name) === type ? [`l.${name}`, `b.${name}`] : [`to_jsonb(l.${name})`, `to_jsonb(b.${name})`];
    const isPlace = FOLDED_COLUMNS.some((place) => place.name === name);
    return `case when ${l} is distinct from ${b} then '${isPlace ? name : property}' end`;
  });
  await client.query(`
    create temp table differing on commit drop as
    select * from (
      select coalesce(b.${key}, l.${key}) as key, coalesce(b.tenant, l.tenant) as tenant,
        case when b.${key} is null then 'missing' when l.${key} is null then 'added' else 'changed' end as kind,
        case when b.${key} is null or l.${key} is null then '{}' else array_remove(array[${differs.join(', ')}], null) end as columns
      from ${live.schema}.${table} as l full join ${built.schema}.${table} as b on l.${key} = b.${key}
    ) as compared where kind <> 'changed' or cardinality(columns) > 0`);
  await client.query(
    `insert into touchline.build_differences (projection, build, key, tenant, kind, columns)
     select $1, $2, key, tenant, kind, columns from differing order by key collate "C" limit ${MOST_NAMED}
     on conflict (projection, build, key) do nothing`,
    [built.projection, built.build],
  );
  const { rows } = await client.query<{ kind: DifferenceKind; keys: number }>(
    'select kind, count(*)::integer as keys from differing group by kind',
  );
  const count = (kind: DifferenceKind): number => rows.find((row) => row.kind === kind)?.keys ?? 0;
  return { changed: count('changed'), missing: count('missing'), added: count('added') };
}

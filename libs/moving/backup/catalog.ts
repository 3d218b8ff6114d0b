import type { ClientBase } from 'pg';
import { UnusableBackup } from './manifest.js';

/** How the tables are made again: what must be there before the rows are, and what is made once they are. */
export interface Definitions {
  before: string[];
  after: string[];
}

/** The schemas of the platform: its log, its machinery, and every build of every view. */
const SCHEMAS = `select nspname as name from pg_namespace where nspname in ('event_log', 'touchline', 'read_model') order by 1`;
const BUILDS = `select nspname as name from pg_namespace where nspname in (select schema from touchline.builds) order by 1`;

/** What the platform has no use for, and what is written here could not make again. */
const STRANGE = `
  select format('%s %I.%I', case relkind when 'm' then 'materialized view' when 'p' then 'partitioned table' else 'relation' end, nspname, relname) as what
  from pg_class join pg_namespace n on n.oid = relnamespace where nspname = any($1) and relkind not in ('r', 'v', 'i', 'S', 't')
  union all
  select format('type %I.%I', nspname, typname) from pg_type join pg_namespace n on n.oid = typnamespace
  where nspname = any($1) and typtype in ('d', 'e', 'r', 'm') or nspname = any($1) and typtype = 'c' and typrelid in (select oid from pg_class where relkind = 'c')
  union all
  select format('identity column %s.%I', attrelid::regclass, attname) from pg_attribute join pg_class c on c.oid = attrelid
    join pg_namespace n on n.oid = relnamespace
  where nspname = any($1) and attidentity <> ''
  union all
  select format('policy on %s', polrelid::regclass) from pg_policy join pg_class c on c.oid = polrelid join pg_namespace n on n.oid = relnamespace
  where nspname = any($1)
  limit 1`;

const SEQUENCES = `
  select format('create sequence %I.%I as %s', schemaname, sequencename, data_type) as line from pg_sequences
  where schemaname = any($1) order by schemaname, sequencename`;

const TABLES = `
  select format('create %stable %I.%I (%s)%s', case relpersistence when 'u' then 'unlogged ' else '' end, nspname, relname,
    (select coalesce(string_agg(
       format('%I %s%s%s%s', attname, format_type(atttypid, atttypmod),
         case when attcollation <> 0 and attcollation <> typcollation
           then (select format(' collate %I.%I', cn.nspname, collname) from pg_collation join pg_namespace cn on cn.oid = collnamespace where pg_collation.oid = attcollation)
           else '' end,
         case when adbin is null then ''
           when attgenerated = 's' then format(' generated always as (%s) stored', pg_get_expr(adbin, adrelid))
           when attgenerated = 'v' then format(' generated always as (%s) virtual', pg_get_expr(adbin, adrelid))
           else format(' default %s', pg_get_expr(adbin, adrelid)) end,
         case when attnotnull then ' not null' else '' end), ', ' order by attnum), '')
     from pg_attribute join pg_type on pg_type.oid = atttypid left join pg_attrdef on adrelid = attrelid and adnum = attnum
     where attrelid = c.oid and attnum > 0 and not attisdropped),
    case when reloptions is null then '' else format(' with (%s)', array_to_string(reloptions, ', ')) end) as line
  from pg_class c join pg_namespace n on n.oid = relnamespace
  where nspname = any($1) and relkind = 'r' order by nspname, relname`;

const STORAGE = `
  select format('alter table %I.%I alter column %I set storage %s', nspname, relname, attname,
    case attstorage when 'p' then 'plain' when 'e' then 'external' when 'm' then 'main' else 'extended' end) as line
  from pg_attribute join pg_type on pg_type.oid = atttypid join pg_class c on c.oid = attrelid join pg_namespace n on n.oid = relnamespace
  where nspname = any($1) and relkind = 'r' and attnum > 0 and not attisdropped and attstorage <> typstorage
  union all
  select format('alter table %I.%I alter column %I set compression %s', nspname, relname, attname, case attcompression when 'l' then 'lz4' else 'pglz' end)
  from pg_attribute join pg_class c on c.oid = attrelid join pg_namespace n on n.oid = relnamespace
  where nspname = any($1) and relkind = 'r' and attnum > 0 and not attisdropped and attcompression <> ''
  union all
  select format('alter table %I.%I alter column %I set statistics %s', nspname, relname, attname, attstattarget)
  from pg_attribute join pg_class c on c.oid = attrelid join pg_namespace n on n.oid = relnamespace
  where nspname = any($1) and relkind = 'r' and attnum > 0 and not attisdropped and attstattarget >= 0`;

const FUNCTIONS = `
  select pg_get_functiondef(p.oid) as line from pg_proc p join pg_namespace n on n.oid = pronamespace
  where nspname = any($1) and prokind in ('f', 'p') order by nspname, proname, p.oid`;

const OWNED = `
  select format('alter sequence %I.%I owned by %I.%I.%I', sn.nspname, s.relname, tn.nspname, t.relname, attname) as line
  from pg_depend d join pg_class s on s.oid = objid and s.relkind = 'S' join pg_namespace sn on sn.oid = s.relnamespace
    join pg_class t on t.oid = refobjid join pg_namespace tn on tn.oid = t.relnamespace
    join pg_attribute on attrelid = refobjid and attnum = refobjsubid
  where sn.nspname = any($1) and d.deptype = 'a' and classid = 'pg_class'::regclass and refclassid = 'pg_class'::regclass order by 1`;

const VALUES = `
  select format('select setval(%L, %s, %L)', format('%I.%I', schemaname, sequencename), coalesce(last_value, start_value), last_value is not null) as line
  from pg_sequences where schemaname = any($1) order by 1`;

// Not-null constraints are part of their columns. Keys stand before what refers to them.
const CONSTRAINTS = `
  select format('alter table %I.%I add constraint %I %s', nspname, relname, conname, pg_get_constraintdef(o.oid)) as line
  from pg_constraint o join pg_class c on c.oid = conrelid join pg_namespace n on n.oid = relnamespace
  where nspname = any($1) and contype in ('p', 'u', 'x', 'c', 'f') order by position(contype in 'puxcf'), nspname, relname, conname`;

const INDEXES = `
  select pg_get_indexdef(indexrelid) as line from pg_index join pg_class c on c.oid = indrelid join pg_namespace n on n.oid = relnamespace
  where nspname = any($1) and relkind = 'r' and not exists (select from pg_constraint where conindid = indexrelid and contype in ('p', 'u', 'x'))
  order by 1`;

const STATISTICS = `
  select pg_get_statisticsobjdef(s.oid) as line from pg_statistic_ext s join pg_namespace n on n.oid = stxnamespace where nspname = any($1) order by 1`;

const TRIGGERS = `
  select pg_get_triggerdef(t.oid) as line from pg_trigger t join pg_class c on c.oid = tgrelid join pg_namespace n on n.oid = relnamespace
  where nspname = any($1) and not tgisinternal order by 1`;

const VIEWS = `
  select format('create view %I.%I as %s', nspname, relname, pg_get_viewdef(c.oid)) as line
  from pg_class c join pg_namespace n on n.oid = relnamespace where nspname = any($1) and relkind = 'v' order by c.oid`;

const COMMENTS = `
  select format('comment on %s is %L', case when objsubid > 0 then format('column %I.%I.%I', nspname, relname, attname)
    when relkind = 'v' then format('view %I.%I', nspname, relname) else format('table %I.%I', nspname, relname) end, description) as line
  from pg_description join pg_class c on c.oid = objoid and classoid = 'pg_class'::regclass join pg_namespace n on n.oid = relnamespace
    left join pg_attribute on attrelid = objoid and attnum = objsubid and objsubid > 0
  where nspname = any($1) and relkind in ('r', 'v') order by 1`;

export async function ownSchemas(client: ClientBase): Promise<string[]> {
  const { rows: own } = await client.query<{ name: string }>(SCHEMAS);
  const { rows: known } = await client.query<{ there: boolean }>(`select to_regclass('touchline.builds') is not null as there`);
  const { rows: builds } = known[0]?.there === true ? await client.query<{ name: string }>(BUILDS) : { rows: [] };
  return [...own, ...builds].map(({ name }) => name);
}

/**
 * How the schemas are made again, read from the server's own catalog: whatever release and whichever build made them, they
 * come back as they were. Owners and rights are not kept; what is restored belongs to whoever restores it.
 * @throws UnusableBackup where there is a kind of thing that could not be made again
 */
export async function definitionsOf(client: ClientBase, schemas: readonly string[]): Promise<Definitions> {
  // Every name is written out in full then.
  await client.query(`set local search_path = ''`);
  const { rows: strange } = await client.query<{ what: string }>(STRANGE, [schemas]);
  if (strange[0] !== undefined) throw new UnusableBackup(`a backup cannot hold ${strange[0].what}`);
  const lines = async (...queries: readonly string[]): Promise<string[]> => {
    const all = [];
    for (const query of queries) all.push(...(await client.query<{ line: string }>(query, [schemas])).rows.map(({ line }) => line));
    return all;
  };
  const made = schemas.map((schema) => `create schema ${schema}`);
  return {
    before: [...made, ...(await lines(SEQUENCES, TABLES, STORAGE, FUNCTIONS))],
    after: await lines(CONSTRAINTS, INDEXES, STATISTICS, OWNED, VALUES, TRIGGERS, VIEWS, COMMENTS),
  };
}

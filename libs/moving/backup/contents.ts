import type { ClientBase } from 'pg';

/** A table, and the statement that gives the rows of it that are kept. */
export interface Content {
  table: string;
  columns: string;
  /** Bytes it takes on disk, about; for a bar of progress. */
  size: number;
  copy: string;
}

/** Who works on what at this moment, and which installation this is, means nothing in another one. */
const NO_ROWS = ['touchline.leases', 'touchline.installation', 'touchline.intake_standing'];

/** Where a table names the reader whose place in the log it keeps. */
const READER_COLUMN: Readonly<Record<string, string>> = { 'touchline.checkpoints': 'name', 'touchline.set_aside': 'reader' };

const TABLES = `
  select format('%I.%I', nspname, relname) as "table", pg_table_size(c.oid) as size,
    (select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
     where attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = '') as columns,
    exists (select from pg_description join pg_attribute on attrelid = objoid and attnum = objsubid
            where objoid = c.oid and classoid = 'pg_class'::regclass and description = 'personal') as personal,
    (select array[projection, projection || '/' || build] from touchline.builds where schema = nspname) as names
  from pg_class c join pg_namespace n on n.oid = relnamespace
  where nspname = any($1) and relkind = 'r' order by 1`;

interface TableRow {
  table: string;
  size: string;
  columns: string;
  personal: boolean;
  names: string[] | null;
}

/**
 * What is kept of each table. Rows that hold names in clear are not (ADR 0020): their view has no checkpoint in the backup
 * either, and is folded anew from the log and the keys. So a backup opens nobody to whoever lacks the master keys.
 */
export async function contentsOf(client: ClientBase, schemas: readonly string[]): Promise<{ contents: Content[]; foldedAnew: string[] }> {
  const { rows } = await client.query<TableRow>(TABLES, [schemas]);
  const foldedAnew = [...new Set(rows.flatMap(({ personal, names }) => (personal ? (names ?? []) : [])))].sort();
  const contents = rows.map(({ table, size, columns, personal }): Content => {
    const reader = READER_COLUMN[table];
    const where = personal || NO_ROWS.includes(table) ? ' where false' : reader === undefined ? '' : exceptFor(reader, foldedAnew);
    return {
      table,
      columns,
      size: where === ' where false' ? 0 : Number(size),
      copy: `copy (select ${columns} from ${table}${where}) to stdout`,
    };
  });
  return { contents, foldedAnew: foldedAnew.filter((name) => !name.includes('/')) };
}

const exceptFor = (column: string, names: readonly string[]): string =>
  names.length === 0 ? '' : ` where ${column} not in (${names.map((name) => `'${name.replaceAll("'", "''")}'`).join(', ')})`;

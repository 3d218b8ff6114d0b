import type { ClientBase } from 'pg';
import type { PositionKeeper } from './keepers.js';
import { UnknownPositions, count } from './keepers.js';

/** Every build of every view, live or not: whatever it is called, a column of theirs that holds a position says so. */
const COLUMNS = `
  select format('%I.%I', b.schema, c.relname) as "table", array_agg(quote_ident(a.attname) order by a.attnum) as columns
  from touchline.builds b
    join pg_namespace n on n.nspname = b.schema
    join pg_class c on c.relnamespace = n.oid and c.relkind = 'r'
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.atttypid = 'text'::regtype
  where a.attname = 'position' or a.attname like '%\\_position'
  group by 1 order by 1`;

interface Positioned {
  table: string;
  columns: string[];
}

const positioned = async (client: ClientBase): Promise<Positioned[]> => (await client.query<Positioned>(COLUMNS)).rows;

/** Rows that say where in the log they come from: moved rather than folded anew, since all else in them stays as it is. */
export const rowKeeper: PositionKeeper = {
  async plan(client) {
    const planned = [];
    for (const { table, columns } of await positioned(client)) {
      for (const column of columns) {
        const lost = await count(
          client,
          `from ${table} r where ${column} is not null and not exists (select from moved where old = r.${column})`,
        );
        if (lost > 0)
          throw new UnknownPositions(`${lost} rows of ${table} stand at a ${column} that is not in the copy; drop or rebuild them`);
      }
      planned.push({ what: `rows of ${table} (${columns.join(', ')})`, count: await count(client, `from ${table}`) });
    }
    return planned;
  },
  async move(client) {
    for (const { table, columns } of await positioned(client))
      await client.query(
        `update ${table} r set ${columns.map((column) => `${column} = (select new from moved where old = r.${column})`).join(', ')}`,
      );
  },
};

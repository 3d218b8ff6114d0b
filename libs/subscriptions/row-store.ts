import pg from 'pg';
import type { ClientBase, CustomTypesConfig, Pool } from 'pg';
import type { Position, Projection } from '@touchline/core';
import type { FoldedRow } from './fold.js';

const SCHEMA = 'read_model';

/** `openedAt` → `opened_at`. */
export const columnName = (property: string): string => property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

type TypeId = Parameters<CustomTypesConfig['getTypeParser']>[0];

/** Rows as folds know them: instants as ISO 8601 text, bigint as number (money, D7), everything else as pg gives it. */
export const rowTypes: CustomTypesConfig = {
  getTypeParser: (oid: TypeId, format?: 'text' | 'binary'): unknown => {
    if (oid === pg.types.builtins.TIMESTAMPTZ) return (text: string) => new Date(text).toISOString();
    if (oid === pg.types.builtins.INT8) return Number;
    return pg.types.getTypeParser(oid, format) as unknown;
  },
};

/** The table of one read model: rows by key in one query, changes in two statements, whatever their number (D15). */
export class RowStore<Row extends object> {
  private readonly selectSql: string;
  private readonly upsertSql: string;
  private readonly deleteSql: string;
  private readonly key: string;

  constructor(private readonly projection: Pick<Projection<Row>, 'table' | 'columns'>) {
    const table = `${SCHEMA}.${projection.table}`;
    const columns = [...projection.columns.map(columnName), 'folded_at', 'folded_position'];
    const [key, ...rest] = columns;
    this.key = projection.columns[0]!;
    this.selectSql = `select ${columns.join(', ')} from ${table} where ${key} = any($1)`;
    this.upsertSql =
      `insert into ${table} (${columns.join(', ')}) select ${columns.join(', ')} from json_populate_recordset(null::${table}, $1) ` +
      `on conflict (${key}) do update set ${rest.map((column) => `${column} = excluded.${column}`).join(', ')}`;
    this.deleteSql = `delete from ${table} where ${key} = any($1)`;
  }

  async load(pool: Pool, keys: readonly string[]): Promise<Map<string, FoldedRow<Row>>> {
    if (keys.length === 0) return new Map();
    const { rows } = await pool.query<Record<string, unknown>>({ text: this.selectSql, values: [keys], types: rowTypes });
    return new Map(
      rows.map((stored) => {
        const row = Object.fromEntries(this.projection.columns.map((property) => [property, stored[columnName(property)]]));
        return [
          String(row[this.key]),
          { row: row as Row, foldedAt: String(stored['folded_at']), foldedPosition: String(stored['folded_position']) as Position },
        ];
      }),
    );
  }

  async write(client: ClientBase, changes: ReadonlyMap<string, FoldedRow<Row> | null>): Promise<void> {
    const gone: string[] = [];
    const standing: Record<string, unknown>[] = [];
    for (const [key, folded] of changes) {
      if (folded === null) gone.push(key);
      else standing.push(this.record(folded));
    }
    if (gone.length > 0) await client.query(this.deleteSql, [gone]);
    if (standing.length > 0) await client.query(this.upsertSql, [JSON.stringify(standing)]);
  }

  private record({ row, foldedAt, foldedPosition }: FoldedRow<Row>): Record<string, unknown> {
    const columns = this.projection.columns.map((property): [string, unknown] => [
      columnName(property),
      (row as Record<string, unknown>)[property] ?? null,
    ]);
    return { ...Object.fromEntries(columns), folded_at: foldedAt, folded_position: foldedPosition };
  }
}

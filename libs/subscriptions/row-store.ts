import { hash as digest } from 'node:crypto';
import pg from 'pg';
import type { CustomTypesConfig, Pool } from 'pg';
import type { Position } from '@touchline/core';
import { textArray } from '@touchline/postgres';
import type { CombinedStatement } from './checkpoints.js';
import type { FoldedRow } from './fold.js';
import type { RowColumn, RowTable } from './stored-projection.js';
import { FOLDED_COLUMNS } from './stored-projection.js';

interface Prepared {
  name: string;
  text: string;
}

/** Once on each connection: planning a statement this wide takes the database longer than running it on a few rows. */
const prepared = (text: string): Prepared => ({ name: digest('sha256', text, 'hex').slice(0, 32), text });

/** Of the parameters of changes: those before belong to the move of the checkpoint. */
const FIRST_PARAMETER = 8;

type TypeId = Parameters<CustomTypesConfig['getTypeParser']>[0];

/** Rows as folds know them: instants as ISO 8601 text, bigint as number (money, ADR 0026), everything else as pg gives it. */
export const rowTypes: CustomTypesConfig = {
  getTypeParser: (oid: TypeId, format?: 'text' | 'binary'): unknown => {
    if (oid === pg.types.builtins.TIMESTAMPTZ) return (text: string) => new Date(text).toISOString();
    if (oid === pg.types.builtins.INT8) return Number;
    return pg.types.getTypeParser(oid, format) as unknown;
  },
};

/** The table of one build of a read model: rows by key in one query, changes with the move of a checkpoint, whatever their number (ADR 0009). */
export class RowStore<Row extends object> {
  private readonly columns: readonly RowColumn[];
  private readonly key: RowColumn;
  private readonly select: Prepared;
  private readonly change: Prepared;

  constructor({ table: name, columns }: RowTable, schema: string) {
    const table = `${schema}.${name}`;
    this.columns = columns;
    this.key = columns[0];
    const all = [...columns, ...FOLDED_COLUMNS];
    this.select = prepared(`select ${all.map((column) => column.name).join(', ')} from ${table} where ${this.key.name} = any($1)`);
    this.change = prepared(changing(table, all));
  }

  async load(pool: Pick<Pool, 'query'>, keys: readonly string[]): Promise<Map<string, FoldedRow<Row>>> {
    if (keys.length === 0) return new Map();
    const { rows } = await pool.query<Record<string, unknown>>({ ...this.select, values: [keys], types: rowTypes });
    return new Map(
      rows.map((stored) => {
        const row = Object.fromEntries(this.columns.map(({ property, name }) => [property, stored[name]]));
        return [
          String(stored[this.key.name]),
          { row: row as Row, foldedAt: String(stored['folded_at']), foldedPosition: String(stored['folded_position']) as Position },
        ];
      }),
    );
  }

  /**
   * Rows that stand so, or are gone where null, as a checkpoint moves. They go out column by column, as arrays of text that
   * the database reads as the columns' types: half the work of reading JSON.
   */
  changes(changes: ReadonlyMap<string, FoldedRow<Row> | null>): CombinedStatement {
    const gone: string[] = [];
    const standing: FoldedRow<Row>[] = [];
    for (const [key, folded] of changes) {
      if (folded === null) gone.push(key);
      else standing.push(folded);
    }
    const values = this.columns.map(({ property, type }) =>
      textArray(standing.map(({ row }) => textOf((row as Record<string, unknown>)[property], type))),
    );
    const places = [textArray(standing.map(({ foldedAt }) => foldedAt)), textArray(standing.map(({ foldedPosition }) => foldedPosition))];
    return { ...this.change, values: [gone, ...values, ...places] };
  }
}

function changing(table: string, columns: readonly RowColumn[]): string {
  const [key, ...rest] = columns.map(({ name }) => name);
  const names = columns.map(({ name }) => name).join(', ');
  const arrays = columns.map((_, index) => `$${FIRST_PARAMETER + 1 + index}::text[]`).join(', ');
  return (
    `gone as (delete from ${table} where ${key} = any($${FIRST_PARAMETER}) and exists (select from moved)), ` +
    `put as (insert into ${table} (${names}) select ${columns.map(({ name, type }) => `${name}::${type}`).join(', ')} ` +
    `from unnest(${arrays}) as changed(${names}) where exists (select from moved) ` +
    `on conflict (${key}) do update set ${rest.map((name) => `${name} = excluded.${name}`).join(', ')})`
  );
}

/** A value as the database reads it for a column of that type. */
function textOf(value: unknown, type: string): string | null {
  if (value === null || value === undefined) return null;
  if (type === 'jsonb' || type === 'json') return JSON.stringify(value);
  if (Array.isArray(value)) return `{${value.map((each) => `"${String(each).replaceAll(/[\\"]/g, '\\$&')}"`).join(',')}}`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

import { hash as digest } from 'node:crypto';
import pg from 'pg';
import type { CustomTypesConfig, Pool } from 'pg';
import type { Position, Projection } from '@touchline/core';
import { textArray } from '@touchline/postgres';
import type { CombinedStatement } from './checkpoints.js';
import type { FoldedRow } from './fold.js';

/** `openedAt` → `opened_at`. */
export const columnName = (property: string): string => property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

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
  private readonly table: string;
  private readonly columns: readonly string[];
  private readonly select: Prepared;
  private readonly key: string;
  private change: { statements: Prepared; types: readonly string[] } | null = null;

  constructor(
    private readonly projection: Pick<Projection<Row>, 'table' | 'columns'>,
    schema: string,
  ) {
    this.table = `${schema}.${projection.table}`;
    this.columns = [...projection.columns.map(columnName), 'folded_at', 'folded_position'];
    this.key = projection.columns[0]!;
    this.select = prepared(`select ${this.columns.join(', ')} from ${this.table} where ${columnName(this.key)} = any($1)`);
  }

  async load(pool: Pick<Pool, 'query'>, keys: readonly string[]): Promise<Map<string, FoldedRow<Row>>> {
    if (keys.length === 0) return new Map();
    const { rows } = await pool.query<Record<string, unknown>>({ ...this.select, values: [keys], types: rowTypes });
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

  /**
   * Rows that stand so, or are gone where null, as a checkpoint moves. They go out column by column, as arrays of text that
   * the database reads as the columns' types: half the work of reading JSON.
   */
  async changes(pool: Pick<Pool, 'query'>, changes: ReadonlyMap<string, FoldedRow<Row> | null>): Promise<CombinedStatement> {
    const { statements, types } = (this.change ??= await this.prepareChange(pool));
    const gone: string[] = [];
    const standing: FoldedRow<Row>[] = [];
    for (const [key, folded] of changes) {
      if (folded === null) gone.push(key);
      else standing.push(folded);
    }
    const values = this.projection.columns.map((property, index) =>
      textArray(standing.map(({ row }) => textOf((row as Record<string, unknown>)[property], types[index] ?? ''))),
    );
    const places = [textArray(standing.map(({ foldedAt }) => foldedAt)), textArray(standing.map(({ foldedPosition }) => foldedPosition))];
    return { ...statements, values: [gone, ...values, ...places] };
  }

  private async prepareChange(pool: Pick<Pool, 'query'>): Promise<{ statements: Prepared; types: readonly string[] }> {
    const { rows } = await pool.query<{ name: string; type: string }>(
      'select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute where attrelid = $1::regclass and attnum > 0',
      [this.table],
    );
    const typeOf = new Map(rows.map(({ name, type }) => [name, type]));
    const types = this.columns.map((column) => {
      const type = typeOf.get(column);
      if (type === undefined) throw new Error(`${this.table} has no column ${column}`);
      return type;
    });
    const [key, ...rest] = this.columns;
    const names = this.columns.join(', ');
    const arrays = this.columns.map((_, index) => `$${FIRST_PARAMETER + 1 + index}::text[]`).join(', ');
    const statements = prepared(
      `gone as (delete from ${this.table} where ${key} = any($${FIRST_PARAMETER}) and exists (select from moved)), ` +
        `put as (insert into ${this.table} (${names}) select ${this.columns.map((column, index) => `${column}::${types[index]}`).join(', ')} ` +
        `from unnest(${arrays}) as changed(${names}) where exists (select from moved) ` +
        `on conflict (${key}) do update set ${rest.map((column) => `${column} = excluded.${column}`).join(', ')})`,
    );
    return { statements, types };
  }
}

/** A value as the database reads it for a column of that type. */
function textOf(value: unknown, type: string): string | null {
  if (value === null || value === undefined) return null;
  if (type === 'jsonb' || type === 'json') return JSON.stringify(value);
  if (Array.isArray(value)) return `{${value.map((each) => `"${String(each).replaceAll(/[\\"]/g, '\\$&')}"`).join(',')}}`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

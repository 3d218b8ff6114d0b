import type { ClientBase } from 'pg';
import { sqlState } from '@touchline/postgres';
import type { StoredProjection } from '@touchline/subscriptions';
import { READ_MODEL_SCHEMA, liveView, pause } from '@touchline/subscriptions';

const LOCK_NOT_AVAILABLE = '55P03';
const INVALID_TABLE_DEFINITION = '42P16';
/** Whoever reads may have to wait so long, and then goes first. */
const PATIENCE_MS = 250;
const TRIES = 40;

/**
 * Has queries read other rows from the commit of this transaction on. It waits for queries that read the ones before;
 * but only ever for a moment, since those that come meanwhile wait behind it.
 * @throws a passing SQL error (55P03) where a query reads them for so long that it is better tried again later
 */
export async function pointView(client: ClientBase, projection: StoredProjection, schema: string): Promise<void> {
  const name = `${READ_MODEL_SCHEMA}.${projection.table}`;
  const replaced = [liveView(projection, schema)];
  // Of another version, which may lack a column: under the same name, but as a new view.
  const madeAnew = [`drop view ${name}`, liveView(projection, schema)];
  await client.query(`set local lock_timeout = ${PATIENCE_MS}`);
  let statements = replaced;
  for (let tries = 1; ; tries += 1) {
    await client.query('savepoint pointing');
    try {
      for (const statement of statements) await client.query(statement);
      break;
    } catch (error) {
      await client.query('rollback to savepoint pointing');
      if (sqlState(error) === INVALID_TABLE_DEFINITION && statements === replaced) statements = madeAnew;
      else if (sqlState(error) === LOCK_NOT_AVAILABLE && tries < TRIES) await pause(PATIENCE_MS);
      else throw error;
    }
  }
  await client.query('set local lock_timeout = 0');
}

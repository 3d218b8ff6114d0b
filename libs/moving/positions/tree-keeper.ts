import type { PositionKeeper } from './keepers.js';
import { UnknownPositions, count } from './keepers.js';

const TABLES = ['log_trees', 'log_tiles', 'log_streams'].map((table) => `touchline.${table}`);

/**
 * What is noted of the log beside its signed heads (ADR 0014): by number, not by position, so it is the new log's too. The
 * heads themselves stay as they were signed; they are held against any log.
 */
export const treeKeeper: PositionKeeper = {
  async plan(client, { from, to }) {
    const lost = await count(
      client,
      'from touchline.log_trees t where log_id = $1 and not exists (select from moved where old = t.position)',
      [from],
    );
    if (lost > 0) throw new UnknownPositions('the log was signed up to an event that is not in the copy');
    const there = await count(client, 'from touchline.log_trees where log_id = $1', [to]);
    return there > 0
      ? []
      : [{ what: 'trees of signed heads', count: await count(client, 'from touchline.log_trees where log_id = $1', [from]) }];
  },
  async move(client, { from, to }) {
    // One that the new log has already was made from its events; it is as good, and stays.
    if ((await count(client, 'from touchline.log_trees where log_id = $1', [to])) > 0) {
      for (const table of TABLES) await client.query(`delete from ${table} where log_id = $1`, [from]);
      return;
    }
    await client.query('update touchline.log_trees t set position = (select new from moved where old = t.position) where log_id = $1', [
      from,
    ]);
    for (const table of TABLES) await client.query(`update ${table} set log_id = $2 where log_id = $1`, [from, to]);
  },
};

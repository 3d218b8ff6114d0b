import type { Position } from '@touchline/core';
import type { Pool } from 'pg';

/** Puts an older copy of a log on Postgres back: what came after this position was never written. */
export async function setBack(pool: Pool, to: Position): Promise<void> {
  await pool.query(`
    alter table event_log.events disable trigger all;
    delete from event_log.events where position > ${Number.parseInt(to, 16)};
    alter table event_log.events enable trigger all`);
}

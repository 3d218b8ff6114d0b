import type { PositionKeeper } from './keepers.js';
import { UnknownPositions, count } from './keepers.js';

const STRANDED = `
  select name, coalesce(position, 'the beginning') as position, log_id from touchline.checkpoints c
  where log_id not in ($1, $2)
     or (log_id = $1 and position is not null and not exists (select from moved where old = c.position))
  order by name`;

// What stopped because it found itself on the new log already may go on. An event that failed is named by its new place.
const MOVE = `
  update touchline.checkpoints c
  set log_id = $2,
      position = (select new from moved where old = c.position),
      state = case when failure->>'code' = 'checkpoint.log-mismatch' then 'running' else state end,
      failure = case
        when failure->>'code' = 'checkpoint.log-mismatch' then null
        when failure->'event' ? 'position' then jsonb_set(failure, '{event,position}',
          to_jsonb(coalesce((select new from moved where old = failure->'event'->>'position'), failure->'event'->>'position')))
        else failure end,
      -- A holder that was thought dead and wakes up finds neither its position nor its fence.
      fence = fence + 1
  where log_id = $1`;

const MOVE_ASIDE = `
  update touchline.set_aside
  set after_position = (select new from moved where old = after_position),
      event = jsonb_set(event, '{position}',
        to_jsonb(coalesce((select new from moved where old = event->>'position'), event->>'position')))
  where reader in (select name from touchline.checkpoints where log_id = $1)`;

/** How far each reader has come: the live views, and those that are built beside them. */
export const checkpointKeeper: PositionKeeper = {
  async plan(client, { from, to }) {
    const { rows } = await client.query<{ name: string; position: string; log_id: string }>(STRANDED, [from, to]);
    if (rows[0] !== undefined) {
      const { name, position, log_id: log } = rows[0];
      throw new UnknownPositions(`the checkpoint of ${name} stands at ${position} of log ${log}, which is not in the copy`);
    }
    return [{ what: 'checkpoints', count: await count(client, 'from touchline.checkpoints where log_id = $1', [from]) }];
  },
  async move(client, { from, to }) {
    await client.query('update touchline.leases set fence = fence + 1');
    await client.query(MOVE, [from, to]);
    await client.query(MOVE_ASIDE, [to]);
  },
};

import type { PositionKeeper } from './keepers.js';
import { UnknownPositions, count } from './keepers.js';

/**
 * What the relay keeps here. Where it goes on is written on its topic alone (ADR 0017), in no transaction of ours: at its next start
 * it finds that everything was moved, and asks where its place is now (`Copies.follow`).
 */
export const relayKeeper: PositionKeeper = {
  async plan(client) {
    const lost = await count(
      client,
      'from touchline.topic_people p where erased_at is not null and not exists (select from moved where old = p.erased_at)',
    );
    if (lost > 0) throw new UnknownPositions(`the topics tell of ${lost} erasures at positions that are not in the copy`);
    return [{ what: 'erasures told on topics', count: await count(client, 'from touchline.topic_people where erased_at is not null') }];
  },
  async move(client, { from, to }) {
    await client.query(
      'update touchline.topic_people p set erased_at = (select new from moved where old = p.erased_at) where erased_at is not null',
    );
    await client.query(
      `update touchline.relay r
       set log_id = $2, position = coalesce((select new from moved where old = r.position), r.position),
           state = case when code = 'checkpoint.log-mismatch' then 'running' else state end,
           detail = case when code = 'checkpoint.log-mismatch' then null else detail end,
           code = nullif(code, 'checkpoint.log-mismatch')
       where log_id = $1`,
      [from, to],
    );
  },
};

import type { Pool } from 'pg';
import type { StoredEvent } from '@touchline/event-store';
import { encodeEvent } from '@touchline/event-store';
import { metaOf } from './recorded-log.js';

/** What somebody with every right on the database may do. */
export class Tamperer {
  constructor(private readonly pool: Pool) {}

  /** Runs statements past the guard of the table. */
  async run(...statements: string[]): Promise<void> {
    const all = ['alter table event_log.events disable trigger all', ...statements, 'alter table event_log.events enable trigger all'];
    await this.pool.query(all.join(';\n'));
  }

  async changeOneByte(stream: string, revision: number): Promise<void> {
    await this.run(`update event_log.events set data = replace(data, 'round', 'roumd') where ${at(stream, revision)}`);
  }

  async cutTail(stream: string, from: number): Promise<void> {
    await this.run(`delete from event_log.events where stream = '${stream}' and revision >= ${from}`);
  }

  async drop(stream: string): Promise<void> {
    await this.cutTail(stream, 0);
  }

  /** Two events change places in the log's order; each stays whole. */
  async swapPlaces(a: [string, number], b: [string, number]): Promise<void> {
    await this.run(
      `update event_log.events set position = -position where ${at(...a)} or ${at(...b)}`,
      `update event_log.events e set position = -o.position from event_log.events o
       where e.position < 0 and o.position < 0 and o.id <> e.id`,
    );
  }

  /** Two events change all that they hold; stream, revision and place stay. */
  async swapContents(a: [string, number], b: [string, number]): Promise<void> {
    await this.run(
      `create temporary table swapped as select * from event_log.events where ${at(...a)} or ${at(...b)}`,
      `delete from event_log.events where ${at(...a)} or ${at(...b)}`,
      `insert into event_log.events select x.position, x.stream, x.revision, y.id, y.type, y.data, y.metadata
       from swapped x join swapped y on x.id <> y.id`,
      'drop table swapped',
    );
  }

  /** The stream anew, one text another, with hashes that fit: the chain is whole. */
  async rewrite(stream: string, revision: number): Promise<void> {
    const { rows } = await this.pool.query<StoredEvent>(`select * from event_log.events where stream = $1 order by revision`, [stream]);
    let previous = '';
    for (const row of rows) {
      const data = { ...(JSON.parse(row.data) as object), ...(row.revision === revision && { text: 'another story' }) };
      const { hash, ...event } = encodeEvent({ ...row, data, meta: metaOf(row.id) }, previous);
      previous = hash;
      await this.run(
        `update event_log.events set data = '${event.data}', metadata = '${event.metadata}' where ${at(stream, row.revision)}`,
      );
    }
  }
}

const at = (stream: string, revision: number): string => `(stream = '${stream}' and revision = ${revision})`;

import type { Pool } from 'pg';

/** A partition that stands at a message until a fault of ours is over. */
export interface Standing {
  partition: number;
  offset: string;
  /** The fault by its name; never what a message holds. */
  fault: string;
  /** The process that holds it. */
  holder: string;
  /** ISO 8601 UTC. */
  since: string;
}

export interface Skip {
  partition: number;
  offset: string;
  reason: string;
  by: string;
}

/** What operators are shown of the intake of a topic, and what they had it pass over. */
export class IntakeStanding {
  constructor(
    private readonly pool: Pool,
    private readonly topic: string,
  ) {}

  async all(): Promise<Standing[]> {
    const { rows } = await this.pool.query<{ partition: number; at_offset: string; fault: string; holder: string; since: Date }>(
      'select partition, at_offset, fault, holder, since from touchline.intake_standing where topic = $1 order by partition',
      [this.topic],
    );
    return rows.map(({ at_offset, since, ...rest }) => ({ ...rest, offset: at_offset, since: since.toISOString() }));
  }

  async stands({ partition, offset, fault, holder }: Omit<Standing, 'since'>): Promise<void> {
    await this.pool.query(
      `insert into touchline.intake_standing (topic, partition, at_offset, fault, holder) values ($1, $2, $3, $4, $5)
       on conflict (topic, partition) do update
         set since = case when intake_standing.at_offset = excluded.at_offset then intake_standing.since else excluded.since end,
             at_offset = excluded.at_offset, fault = excluded.fault, holder = excluded.holder`,
      [this.topic, partition, offset, fault, holder],
    );
  }

  async goesOn(partitions: readonly number[]): Promise<void> {
    await this.pool.query('delete from touchline.intake_standing where topic = $1 and partition = any($2)', [this.topic, partitions]);
  }

  /** Before it is done, so that none is done that is not recorded; a second time it is the same. */
  async skip({ partition, offset, reason, by }: Skip): Promise<void> {
    await this.pool.query(
      `insert into touchline.intake_skips (topic, partition, at_offset, reason, skipped_by) values ($1, $2, $3, $4, $5)
       on conflict (topic, partition, at_offset) do update set reason = excluded.reason, skipped_by = excluded.skipped_by
         where intake_skips.done_at is null`,
      [this.topic, partition, offset, reason, by],
    );
  }

  async skipped({ partition, offset }: Pick<Skip, 'partition' | 'offset'>, kept: boolean): Promise<void> {
    await this.pool.query(
      'update touchline.intake_skips set kept = $4, done_at = clock_timestamp() where topic = $1 and partition = $2 and at_offset = $3',
      [this.topic, partition, offset, kept],
    );
    await this.goesOn([partition]);
  }

  /** Id of this installation; what was restored from a backup has another. */
  async installation(): Promise<string> {
    await this.pool.query('insert into touchline.installation default values on conflict do nothing');
    const { rows } = await this.pool.query<{ id: string }>('select id from touchline.installation');
    return rows[0]!.id;
  }
}

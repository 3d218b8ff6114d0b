import type { Pool } from 'pg';

/** The right to do a named piece of work. `fence` grows with every holder; what a lower one still writes is refused. */
export interface Lease {
  name: string;
  holder: string;
  fence: number;
}

/**
 * Leases by the database's clock, so that the clocks of workers need not agree. A lease alone does not keep a slow
 * holder from writing late: whoever writes under it compares the fence in the same transaction (ADR 0009).
 */
export class Leases {
  constructor(
    private readonly pool: Pool,
    private readonly ttlMs: number,
  ) {}

  /** Takes a lease that is free, given back or run out; null while another holds it. */
  async acquire(name: string, holder: string): Promise<Lease | null> {
    const { rows } = await this.pool.query<{ fence: string }>(
      `insert into touchline.leases as held (name, holder, fence, expires_at)
       values ($1, $2, 1, clock_timestamp() + $3 * interval '1 millisecond')
       on conflict (name) do update
         set holder = excluded.holder, fence = held.fence + 1, expires_at = excluded.expires_at
         where held.expires_at <= clock_timestamp()
       returning fence`,
      [name, holder, this.ttlMs],
    );
    return rows[0] === undefined ? null : { name, holder, fence: Number(rows[0].fence) };
  }

  /** Holds it for another term; false where another took it in between. */
  async renew(lease: Lease): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      `update touchline.leases set expires_at = clock_timestamp() + $3 * interval '1 millisecond' where name = $1 and fence = $2`,
      [lease.name, lease.fence, this.ttlMs],
    );
    return rowCount === 1;
  }

  /** Gives it back, so that the next need not wait; nothing where another took it. */
  async release(lease: Lease): Promise<void> {
    await this.pool.query(`update touchline.leases set expires_at = clock_timestamp() where name = $1 and fence = $2`, [
      lease.name,
      lease.fence,
    ]);
  }
}

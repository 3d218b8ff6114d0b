import type { Pool } from 'pg';
import type { BestEffort, Position } from '@touchline/core';
import { CONTROL_CHANNEL } from '@touchline/subscriptions';
import type { RelayStopped, StopCode } from './errors.js';

/** How the relay stands, for whoever runs the platform. The position only informs: the topic's own is what counts (ADR 0017). */
export interface RelayStands {
  state: 'running' | 'stopped';
  code: StopCode | null;
  detail: string | null;
  /** The stream of the event it stopped at. */
  stream: string | null;
  /** What holds it up and passes by itself, such as a broker that is away. */
  trouble: string | null;
  logId: string | null;
  position: Position | null;
  holder: string | null;
  updatedAt: string;
}

interface Row {
  state: RelayStands['state'];
  code: StopCode | null;
  detail: string | null;
  stream: string | null;
  trouble: string | null;
  log_id: string | null;
  position: Position | null;
  holder: string | null;
  updated_at: Date;
}

/** Of its lease, and under which operators' changes are told. */
export const relayName = (prefix: string): string => `relay ${prefix}`;

/** The row of one relay, by the prefix of its topics. Written by whoever holds its lease. */
export class RelayStatus {
  private latest: { logId: string; position: Position; eventId: string; holder: string } | null = null;
  private writing: Promise<void> | null = null;

  constructor(
    private readonly pool: Pool,
    private readonly name: string,
  ) {}

  async get(): Promise<RelayStands | null> {
    const { rows } = await this.pool.query<Row>(
      'select state, code, detail, stream, trouble, log_id, position, holder, updated_at from touchline.relay where name = $1',
      [this.name],
    );
    const [row] = rows;
    if (row === undefined) return null;
    const { log_id: logId, updated_at, ...rest } = row;
    return { ...rest, logId, updatedAt: updated_at.toISOString() };
  }

  /** @returns stopped where it was, and nobody has had it go on since */
  async begin(holder: string): Promise<RelayStands['state']> {
    const { rows } = await this.pool.query<{ state: RelayStands['state'] }>(
      `insert into touchline.relay (name, holder) values ($1, $2)
       on conflict (name) do update set holder = excluded.holder returning state`,
      [this.name, holder],
    );
    return rows[0]?.state ?? 'running';
  }

  async stop({ code, message, stream }: RelayStopped): Promise<void> {
    await this.pool.query(
      `update touchline.relay set state = 'stopped', code = $2, detail = $3, stream = $4, trouble = null, updated_at = clock_timestamp()
       where name = $1`,
      [this.name, code, message, stream],
    );
  }

  /** Has it try again. @returns false where it does not stand still */
  async retry(): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      `update touchline.relay set state = 'running', code = null, detail = null, stream = null, updated_at = clock_timestamp()
       where name = $1 and state = 'stopped' returning pg_notify('${CONTROL_CHANNEL}', $2)`,
      [this.name, relayName(this.name)],
    );
    return rowCount === 1;
  }

  /** Shows what will be tried again by itself; null once it works. */
  async troubled(trouble: string | null): Promise<void> {
    await this.pool.query(
      `insert into touchline.relay (name, trouble) values ($1, $2)
       on conflict (name) do update set trouble = excluded.trouble, updated_at = clock_timestamp()`,
      [this.name, trouble],
    );
  }

  /** Notes how far it has come, without holding it up: what comes in between is passed over. What cannot be written the next move says again. */
  moved(to: { logId: string; position: Position; eventId: string; holder: string }, noting: BestEffort): void {
    this.latest = to;
    this.writing ??= this.write(noting).finally(() => (this.writing = null));
  }

  /** Resolves when everything is noted. */
  async settled(): Promise<void> {
    while (this.writing !== null) await this.writing;
  }

  private async write(noting: BestEffort): Promise<void> {
    while (this.latest !== null) {
      const { logId, position, eventId, holder } = this.latest;
      this.latest = null;
      await noting.run(() =>
        this.pool.query(
          `update touchline.relay set log_id = $2, position = $3, event_id = $4, holder = $5, trouble = null,
             updated_at = clock_timestamp() where name = $1`,
          [this.name, logId, position, eventId, holder],
        ),
      );
    }
  }
}

import type { Pool } from 'pg';
import type { SqlMigration } from '@touchline/postgres';
import { inTransaction } from '@touchline/postgres';
import { hashPassword, verifyPassword } from './passwords.js';

export const credentialMigrations: readonly SqlMigration[] = [
  {
    name: 'auth-001-local-credentials-1780000000008',
    sql: `create table touchline.local_credentials (
      tenant text not null,
      user_id uuid not null,
      secret text not null,
      set_at timestamptz not null default now(),
      primary key (tenant, user_id)
    )`,
  },
  {
    name: 'auth-002-counts-1780000000009',
    // Lost in a crash, as they may be: counts of a minute.
    sql: `create unlogged table touchline.counts (
      who text not null,
      minute bigint not null,
      times int not null,
      primary key (who, minute)
    );
    create index counts_by_minute on touchline.counts (minute)`,
  },
];

/** Secrets of users who sign in here and not at an identity provider. Never an event: a secret is replaced, not kept (ADR 0042). */
export class LocalCredentials {
  /** What somebody unknown is checked against, so that they wait as long as anybody else. */
  private readonly nobody = hashPassword('nobody has this password');

  constructor(private readonly pool: Pool) {}

  /**
   * Sets a password together with `record`, which tells it: where that fails the one before stays. Whoever signs in meanwhile waits, so
   * that nobody gets a token of after the change with the password of before it.
   */
  async setPassword<T = void>(tenant: string, userId: string, password: string, record?: () => Promise<T>): Promise<T | undefined> {
    const secret = await hashPassword(password);
    return inTransaction(this.pool, async (client) => {
      await client.query(
        `insert into touchline.local_credentials (tenant, user_id, secret) values ($1, $2, $3)
         on conflict (tenant, user_id) do update set secret = excluded.secret, set_at = now()`,
        [tenant, userId, secret],
      );
      return record?.();
    });
  }

  async has(tenant: string, userId: string): Promise<boolean> {
    const { rowCount } = await this.pool.query('select from touchline.local_credentials where tenant = $1 and user_id = $2', [
      tenant,
      userId,
    ]);
    return rowCount === 1;
  }

  /** False for a wrong password and for somebody who has none, after the same work. */
  async verify(tenant: string, userId: string, password: string): Promise<boolean> {
    const { rows } = await this.pool.query<{ secret: string }>(
      // Waits for a change that is under way.
      'select secret from touchline.local_credentials where tenant = $1 and user_id = $2 for share',
      [tenant, userId],
    );
    const secret = rows[0]?.secret;
    const fits = await verifyPassword(password, secret ?? (await this.nobody));
    return fits && secret !== undefined;
  }
}

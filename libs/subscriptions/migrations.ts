import type { SqlMigration } from '@touchline/postgres';

/** Steps of the tables of checkpoints and leases, in order; each runs once, and is never edited. */
export const subscriptionMigrations: SqlMigration[] = [
  {
    name: 'subscriptions-1-checkpoints-and-leases',
    sql: `
      create schema if not exists touchline;
      create table touchline.checkpoints (
        name text primary key,
        version integer not null,
        log_id text not null,
        position text collate "C",
        event_id text,
        fence bigint not null,
        state text not null default 'running' check (state in ('running', 'paused', 'stopped')),
        failure jsonb,
        updated_at timestamptz not null default clock_timestamp(),
        check ((position is null) = (event_id is null))
      );
      create table touchline.leases (
        name text primary key,
        holder text not null,
        fence bigint not null,
        expires_at timestamptz not null
      );
    `,
  },
];

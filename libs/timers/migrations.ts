import type { SqlMigration } from '@touchline/postgres';

/** Steps of the tables of what was fired, and of what cannot be, in order; each runs once, and is never edited. */
export const timerMigrations: SqlMigration[] = [
  {
    name: 'timers-1-claims-and-faults-1780000000021',
    sql: `
      create schema if not exists touchline;
      create table touchline.timer_claims (
        -- Collated as the rows' keys, which they are held against.
        key text not null,
        due_at timestamptz not null,
        kind text not null,
        shard integer not null,
        outcome text not null check (outcome in ('recorded', 'refused')),
        -- Of the refusals; empty where it was recorded.
        codes text[] not null,
        command_id uuid not null,
        fired_at timestamptz not null,
        primary key (key, due_at, kind)
      );
      create index timer_claims_by_age on touchline.timer_claims using brin (fired_at);
      -- One for each shard that stands at a timer.
      create table touchline.timer_faults (
        shard integer primary key,
        key text not null,
        due_at timestamptz not null,
        kind text not null,
        error text not null,
        attempts integer not null,
        since timestamptz not null,
        retry_at timestamptz not null
      );
    `,
  },
];

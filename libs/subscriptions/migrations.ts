import type { SqlMigration } from '@touchline/postgres';

/** Steps of the tables of checkpoints and leases, in order; each runs once, and is never edited. */
export const subscriptionMigrations: SqlMigration[] = [
  {
    name: 'subscriptions-1-checkpoints-and-leases-1780000000012',
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
  {
    name: 'subscriptions-2-builds-1780000000013',
    sql: `
      alter table touchline.checkpoints add column build integer, add column events bigint;
      create table touchline.builds (
        projection text not null,
        build integer not null,
        version integer not null,
        schema text not null unique,
        state text not null check (state in ('building', 'cancelled', 'refused', 'live', 'kept', 'dropped')),
        accept_differences boolean not null default false,
        begun_at timestamptz not null default clock_timestamp(),
        ended_at timestamptz,
        total bigint,
        worked_ms bigint not null default 0,
        indexes text[],
        report jsonb,
        primary key (projection, build)
      );
      create unique index builds_live on touchline.builds (projection) where state = 'live';
      create unique index builds_next on touchline.builds (projection) where state in ('building', 'cancelled', 'refused');
      create table touchline.build_differences (
        projection text not null,
        build integer not null,
        key text collate "C" not null,
        tenant text,
        kind text not null check (kind in ('changed', 'missing', 'added')),
        columns text[] not null,
        event jsonb,
        primary key (projection, build, key)
      );
    `,
  },
  {
    name: 'subscriptions-3-set-aside-1780000000014',
    sql: `
      create table touchline.set_aside (
        reader text collate "C" not null,
        stream text collate "C" not null,
        tenant text,
        after_position text collate "C",
        event jsonb not null,
        error text not null,
        stack text not null,
        attempts integer not null,
        waiting bigint not null,
        since timestamptz not null,
        failed_at timestamptz not null,
        retry_at timestamptz not null,
        primary key (reader, stream)
      );
    `,
  },
];

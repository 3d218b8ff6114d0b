import type { SqlMigration } from '@touchline/postgres';

/** Steps of the tables of keys that requests came with and of searches under a mask, in order; each runs once, and is never edited. */
export const commandMigrations: SqlMigration[] = [
  {
    name: 'commands-1-request-claims-1780000000010',
    sql: `
      create schema if not exists touchline;
      -- Digests only: a key may be anything, and so may a body.
      create table touchline.request_claims (
        key uuid primary key,
        request uuid not null,
        -- Requests that hold it, those that were recorded for good; 0 where all were refused and the key is free.
        holders integer not null,
        claimed_at timestamptz not null
      );
      create index request_claims_by_age on touchline.request_claims using brin (claimed_at);
    `,
  },
  {
    name: 'commands-2-masked-searches-1780000000011',
    sql: `
      -- How often each person searched on their last day; not what by.
      create table touchline.masked_searches (
        tenant text not null,
        user_id text not null,
        day date not null,
        times integer not null,
        primary key (tenant, user_id)
      );
    `,
  },
];

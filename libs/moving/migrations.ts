import type { SqlMigration } from '@touchline/postgres';

/** Steps of the tables of copied logs, in order; each runs once, and is never edited. */
export const movingMigrations: SqlMigration[] = [
  {
    name: 'moving-1-log-copies-1780000000016',
    sql: `
      -- How far a copy was found to be equal to its log, event by event, and what stood there on either side (ADR 0019).
      create table touchline.log_copies (
        from_log text not null,
        to_log text not null,
        compared bigint not null,
        old_position text collate "C" not null,
        new_position text collate "C" not null,
        event_id text not null,
        -- Right edge of the tree over the hashes of these events, so that a later run goes on from here.
        edge jsonb not null,
        compared_at timestamptz not null default now(),
        -- When what names positions was moved from the one to the other.
        moved_at timestamptz,
        primary key (from_log, to_log),
        check (from_log <> to_log)
      );
      -- Old and new positions of the same events, some thousands a row, in the order of the log.
      create table touchline.log_positions (
        from_log text not null,
        to_log text not null,
        first_index bigint not null,
        old_positions text[] not null,
        new_positions text[] not null,
        primary key (from_log, to_log, first_index)
      );
    `,
  },
];

import type { SqlMigration } from '@touchline/postgres';

/** Steps of the tables of log heads, in order; each runs once, and is never edited. */
export const auditMigrations: SqlMigration[] = [
  {
    name: 'audit-1-log-heads-1780000000015',
    sql: `
      -- How far the log has been folded into its tree, and what was there: a log set back is not signed again (ADR 0014).
      create table touchline.log_trees (
        log_id text primary key,
        size bigint not null,
        position text collate "C" not null,
        event_id text not null
      );
      -- The tree, 256 hashes a row; rows at its right edge hold fewer and are written again.
      create table touchline.log_tiles (
        log_id text not null,
        level smallint not null,
        index bigint not null,
        hashes bytea not null,
        primary key (log_id, level, index)
      );
      -- How far each stream had come then; names what is cut or gone.
      create table touchline.log_streams (
        log_id text not null,
        stream text collate "C" not null,
        first_index bigint not null,
        last_index bigint not null,
        revision integer not null,
        hash bytea not null,
        primary key (log_id, stream)
      );
      -- As signed, text for text.
      create table touchline.log_heads (
        log_id text not null,
        tree_size bigint not null,
        position text not null,
        root text not null,
        signed_at text not null,
        key_id text not null,
        signature text not null,
        primary key (log_id, tree_size)
      );
    `,
  },
];

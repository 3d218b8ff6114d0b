import type { SqlMigration } from '@touchline/postgres';

/** Steps of the relay's tables, in order; each runs once, and is never edited. */
export const relayMigrations: SqlMigration[] = [
  {
    name: 'relay-1-sequences-people-status-1780000000018',
    sql: `
      create table touchline.topic_sequences (
        topic text not null collate "C",
        event_id text not null collate "C",
        key text not null collate "C",
        subject text not null collate "C",
        sequence bigint not null,
        primary key (topic, event_id, key),
        unique (topic, subject, sequence)
      );
      comment on table touchline.topic_sequences is 'The number of each message among those of its customer, given before it is produced';
      create table touchline.topic_people (
        topic text not null collate "C",
        person text not null collate "C",
        key text not null collate "C",
        subject text not null collate "C",
        erased_at text collate "C",
        primary key (topic, person, key)
      );
      comment on table touchline.topic_people is 'Which keys of a compacted topic tell of whom, to take them back at an erasure';
      create table touchline.relay (
        name text primary key,
        state text not null default 'running' check (state in ('running', 'stopped')),
        code text,
        detail text,
        stream text,
        trouble text,
        log_id text,
        position text collate "C",
        event_id text,
        holder text,
        updated_at timestamptz not null default clock_timestamp()
      );
      comment on table touchline.relay is 'How the relay stands, for operators; where it goes on is written on its topic alone';
    `,
  },
  {
    name: 'relay-2-manifests-1780000000019',
    sql: `
      create table touchline.topic_manifests (
        topic text primary key collate "C",
        last_ordinal bigint not null,
        manifest text not null
      );
      comment on table touchline.topic_manifests is 'The newest manifest of each topic, kept apart from the brokers';
    `,
  },
];

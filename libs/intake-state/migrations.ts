import type { SqlMigration } from '@touchline/postgres';

/** Steps of the intake's tables, in order; each runs once, and is never edited. */
export const intakeMigrations: SqlMigration[] = [
  {
    name: 'intake-1-installation-standing-skips-1780000000020',
    sql: `
      -- Not in a backup: what is restored is another installation, and asks before it takes another one's messages.
      create table touchline.installation (
        id uuid primary key default gen_random_uuid(),
        the_one boolean not null default true unique check (the_one)
      );
      create table touchline.intake_standing (
        topic text not null collate "C",
        partition integer not null,
        at_offset bigint not null,
        fault text not null,
        holder text not null,
        since timestamptz not null default clock_timestamp(),
        primary key (topic, partition)
      );
      comment on table touchline.intake_standing is 'Partitions that stand at a fault, for operators; written by whichever process holds them';
      create table touchline.intake_skips (
        topic text not null collate "C",
        partition integer not null,
        at_offset bigint not null,
        reason text not null,
        skipped_by text not null,
        -- Whether its bytes were kept among the rejects; one that no client could read was not.
        kept boolean,
        asked_at timestamptz not null default clock_timestamp(),
        done_at timestamptz,
        primary key (topic, partition, at_offset)
      );
      comment on table touchline.intake_skips is 'Messages that an operator had the intake pass over, and why';
    `,
  },
];

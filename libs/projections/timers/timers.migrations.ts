import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { MigrationClass } from '@touchline/postgres';

// None is edited once released; the next is appended, with a larger number than any of any read model.

class Timers1790000000017 implements MigrationInterface {
  readonly name = 'Timers1790000000017';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table timers (
        key text primary key,
        tenant text not null,
        kind text not null,
        stream text not null,
        shard integer not null,
        due_at timestamptz not null,
        cause text not null,
        folded_at timestamptz not null,
        folded_position text collate "C" not null
      )`);
    await runner.query(`create index timers_by_due on timers (shard, due_at, key)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table timers`);
  }
}

export const timersMigrations: MigrationClass[] = [Timers1790000000017];

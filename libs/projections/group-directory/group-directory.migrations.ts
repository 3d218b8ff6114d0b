import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { MigrationClass } from '@touchline/postgres';

// None is edited once released; the next is appended, with a larger number than any of any read model.

class GroupDirectory1790000000006 implements MigrationInterface {
  readonly name = 'GroupDirectory1790000000006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table group_directory (
        stream text primary key,
        tenant text not null,
        kind text not null,
        id text collate "C" not null,
        record jsonb not null,
        folded_at timestamptz not null,
        folded_position text collate "C" not null
      )`);
    await runner.query(`create index group_directory_by_kind on group_directory (tenant, kind, id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table group_directory`);
  }
}

export const groupDirectoryMigrations: MigrationClass[] = [GroupDirectory1790000000006];

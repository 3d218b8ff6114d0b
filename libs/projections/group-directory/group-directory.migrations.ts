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

/** Rows of the version before hold none; the default lets a release that writes those go on. */
class GroupDirectoryRevision1790000000014 implements MigrationInterface {
  readonly name = 'GroupDirectoryRevision1790000000014';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table group_directory add column revision integer not null default 0`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table group_directory drop column revision`);
  }
}

export const groupDirectoryMigrations: MigrationClass[] = [GroupDirectory1790000000006, GroupDirectoryRevision1790000000014];

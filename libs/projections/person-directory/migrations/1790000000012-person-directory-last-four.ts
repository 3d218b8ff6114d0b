import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Rows folded before have none: they are of the version before, which runs no further until it is rebuilt. */
export class PersonDirectoryLastFour1790000000012 implements MigrationInterface {
  readonly name = 'PersonDirectoryLastFour1790000000012';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table person_directory add column last_fours text[] not null default '{}'`);
    await runner.query(`alter table person_directory alter column last_fours drop default`);
    await runner.query(`create index person_directory_by_last_four on person_directory using gin (last_fours)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table person_directory drop column last_fours`);
  }
}

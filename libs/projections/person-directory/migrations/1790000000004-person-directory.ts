import type { MigrationInterface, QueryRunner } from 'typeorm';

export class PersonDirectory1790000000004 implements MigrationInterface {
  readonly name = 'PersonDirectory1790000000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table person_directory (
        customer_id text primary key,
        tenant text not null,
        kind text,
        name text,
        form_of_address text,
        name_search text not null,
        name_grams text[] not null,
        identifiers jsonb not null,
        digests text[] not null,
        folded_at timestamptz not null,
        folded_position text collate "C" not null
      )`);
    await runner.query(`create index person_directory_by_name on person_directory using gin (name_grams)`);
    await runner.query(`create index person_directory_by_digest on person_directory using gin (digests)`);
    await runner.query(`comment on column person_directory.name is 'personal'`);
    await runner.query(`comment on column person_directory.form_of_address is 'personal'`);
    await runner.query(`comment on column person_directory.name_search is 'personal'`);
    await runner.query(`comment on column person_directory.name_grams is 'personal'`);
    await runner.query(`comment on column person_directory.identifiers is 'personal'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table person_directory`);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

// Until now nobody could be erased, so the rows there are stand as they would be folded.
export class PersonDirectoryErased1790000000007 implements MigrationInterface {
  readonly name = 'PersonDirectoryErased1790000000007';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table person_directory add column erased boolean not null default false`);
    await runner.query(`create index person_directory_erased on person_directory (tenant, customer_id) where erased`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table person_directory drop column erased`);
  }
}

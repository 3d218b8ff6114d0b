import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Rows folded before say nobody: they are of the version before, which runs no further until it is rebuilt. */
export class CustomerStreamsCustomers1790000000008 implements MigrationInterface {
  readonly name = 'CustomerStreamsCustomers1790000000008';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table customer_streams add column customers text[] not null default '{}'`);
    await runner.query(`alter table customer_streams alter column customers drop default`);
    await runner.query(`create index customer_streams_by_customers on customer_streams using gin (customers)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table customer_streams drop column customers`);
  }
}

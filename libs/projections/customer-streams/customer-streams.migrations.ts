import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { MigrationClass } from '@touchline/postgres';

// None is edited once released; the next is appended, with a larger number than any of any read model.

class CustomerStreams1790000000003 implements MigrationInterface {
  readonly name = 'CustomerStreams1790000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table customer_streams (
        stream text primary key,
        tenant text not null,
        category text not null,
        customer_id text,
        site_id text,
        first_position text collate "C" not null,
        events integer not null,
        folded_at timestamptz not null,
        folded_position text collate "C" not null
      )`);
    await runner.query(`create index customer_streams_by_customer on customer_streams (tenant, customer_id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table customer_streams`);
  }
}

/** Rows folded before say nobody: they are of the version before, which runs no further until it is rebuilt. */
class CustomerStreamsCustomers1790000000008 implements MigrationInterface {
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

export const customerStreamsMigrations: MigrationClass[] = [CustomerStreams1790000000003, CustomerStreamsCustomers1790000000008];

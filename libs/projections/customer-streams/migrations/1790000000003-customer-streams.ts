import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CustomerStreams1790000000003 implements MigrationInterface {
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

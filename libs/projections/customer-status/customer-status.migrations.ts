import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { MigrationClass } from '@touchline/postgres';

// None is edited once released; the next is appended, with a larger number than any of any read model.

class CustomerStatus1790000000001 implements MigrationInterface {
  readonly name = 'CustomerStatus1790000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table customer_status (
        id text primary key,
        tenant text not null,
        kind text not null,
        status text not null,
        open boolean not null,
        customer_id text,
        site_id text,
        unit_id text,
        owner_id text,
        product_line text,
        product text,
        media text,
        playbook_id text,
        playbook_version integer,
        opened_at timestamptz not null,
        last_touch_at timestamptz,
        touchpoints integer not null,
        lost_at timestamptz,
        lost_kind text,
        contract_at timestamptz,
        contract_amount bigint,
        contract_currency text,
        stage_id text,
        stage_order integer,
        stage_entered_at timestamptz,
        lifecycle text,
        lifecycle_rank integer,
        category text,
        quote_standing boolean not null,
        journey_id text,
        complaint_category text,
        severity text,
        customer_kind text,
        state jsonb not null,
        folded_at timestamptz not null,
        folded_position text collate "C" not null
      )`);
    await runner.query(`create index customer_status_by_customer on customer_status (tenant, customer_id)`);
    await runner.query(`create index customer_status_by_owner on customer_status (tenant, owner_id)`);
    await runner.query(`create index customer_status_by_site on customer_status (tenant, site_id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table customer_status`);
  }
}

/** Rows of the version before hold none; the default lets a release that writes those go on. */
class CustomerStatusRevision1790000000013 implements MigrationInterface {
  readonly name = 'CustomerStatusRevision1790000000013';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table customer_status add column revision integer not null default 0`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table customer_status drop column revision`);
  }
}

export const customerStatusMigrations: MigrationClass[] = [CustomerStatus1790000000001, CustomerStatusRevision1790000000013];

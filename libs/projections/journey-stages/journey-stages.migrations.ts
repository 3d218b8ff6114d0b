import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { MigrationClass } from '@touchline/postgres';

// None is edited once released; the next is appended, with a larger number than any of any read model.

class JourneyStages1790000000005 implements MigrationInterface {
  readonly name = 'JourneyStages1790000000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table journey_stages (
        id text primary key,
        tenant text not null,
        status text not null,
        closed_at timestamptz,
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
        attributes jsonb not null,
        stage_id text,
        stages jsonb not null,
        state jsonb not null,
        folded_at timestamptz not null,
        folded_position text collate "C" not null
      )`);
    await runner.query(`create index journey_stages_by_opening on journey_stages (tenant, opened_at, id)`);
    await runner.query(`create index journey_stages_by_customer on journey_stages (tenant, customer_id)`);
    await runner.query(`create index journey_stages_by_site on journey_stages (tenant, site_id, opened_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table journey_stages`);
  }
}

/** Rows of the version before hold none; the default lets a release that writes those go on. */
class JourneyStagesRevision1790000000015 implements MigrationInterface {
  readonly name = 'JourneyStagesRevision1790000000015';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table journey_stages add column revision integer not null default 0`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table journey_stages drop column revision`);
  }
}

export const journeyStagesMigrations: MigrationClass[] = [JourneyStages1790000000005, JourneyStagesRevision1790000000015];

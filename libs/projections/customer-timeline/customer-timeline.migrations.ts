import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { MigrationClass } from '@touchline/postgres';

// None is edited once released; the next is appended, with a larger number than any of any read model.

class CustomerTimeline1790000000002 implements MigrationInterface {
  readonly name = 'CustomerTimeline1790000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table customer_timeline (
        event_id text primary key,
        tenant text not null,
        stream text not null,
        position text collate "C" not null,
        customer_id text,
        journey_id text,
        complaint_id text,
        contact_id text,
        site_id text,
        occurred_at timestamptz not null,
        recorded_at timestamptz not null,
        late_by_seconds bigint not null,
        type text not null,
        kind text,
        channel text,
        direction text,
        responsible_id text,
        recorded_by text not null,
        stage_id text,
        stage_order integer,
        details jsonb not null,
        sealed jsonb not null,
        corrections jsonb not null,
        deviations jsonb not null,
        source_system text,
        source_reference text,
        folded_at timestamptz not null,
        folded_position text collate "C" not null
      )`);
    await runner.query(`create index customer_timeline_by_stream on customer_timeline (stream, occurred_at, position)`);
    await runner.query(`create index customer_timeline_by_site on customer_timeline (tenant, site_id, occurred_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table customer_timeline`);
  }
}

export const customerTimelineMigrations: MigrationClass[] = [CustomerTimeline1790000000002];

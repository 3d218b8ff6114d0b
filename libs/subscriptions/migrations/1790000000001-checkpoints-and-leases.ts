import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CheckpointsAndLeases1790000000001 implements MigrationInterface {
  readonly name = 'CheckpointsAndLeases1790000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create schema if not exists touchline`);
    await runner.query(`
      create table touchline.checkpoints (
        name text primary key,
        version integer not null,
        log_id text not null,
        position text collate "C",
        event_id text,
        fence bigint not null,
        state text not null default 'running' check (state in ('running', 'paused', 'stopped')),
        failure jsonb,
        updated_at timestamptz not null default clock_timestamp(),
        check ((position is null) = (event_id is null))
      )`);
    await runner.query(`
      create table touchline.leases (
        name text primary key,
        holder text not null,
        fence bigint not null,
        expires_at timestamptz not null
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table touchline.leases`);
    await runner.query(`drop table touchline.checkpoints`);
  }
}

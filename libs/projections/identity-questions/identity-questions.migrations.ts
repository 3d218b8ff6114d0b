import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { MigrationClass } from '@touchline/postgres';

// None is edited once released; the next is appended, with a larger number than any of any read model.

class IdentityQuestions1790000000011 implements MigrationInterface {
  readonly name = 'IdentityQuestions1790000000011';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table identity_questions (
        question_id text primary key,
        tenant text not null,
        customer_id text,
        site_id text,
        about text,
        asked_at timestamptz,
        at_site_id text,
        journey_id text,
        recorded_as text,
        answer text,
        settled_by text,
        settled_at timestamptz,
        folded_at timestamptz not null,
        folded_position text collate "C" not null
      )`);
    await runner.query(`create index identity_questions_by_customer on identity_questions (tenant, customer_id)`);
    await runner.query(`create index identity_questions_by_time on identity_questions (tenant, asked_at, question_id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table identity_questions`);
  }
}

export const identityQuestionsMigrations: MigrationClass[] = [IdentityQuestions1790000000011];

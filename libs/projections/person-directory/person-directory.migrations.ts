import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { MigrationClass } from '@touchline/postgres';

// None is edited once released; the next is appended, with a larger number than any of any read model.

class PersonDirectory1790000000004 implements MigrationInterface {
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

// Until now nobody could be erased, so the rows there are stand as they would be folded.
class PersonDirectoryErased1790000000007 implements MigrationInterface {
  readonly name = 'PersonDirectoryErased1790000000007';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table person_directory add column erased boolean not null default false`);
    await runner.query(`create index person_directory_erased on person_directory (tenant, customer_id) where erased`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table person_directory drop column erased`);
  }
}

// Postgres samples values into its statistics, where names would outlast their row. None are taken of personal columns, and
// those taken so far go: a change of type drops them, even one to the same type. A view stands in its way, so it is made to
// read nothing for that moment; replaced, not dropped, it keeps who may read it.
export class PersonDirectoryNoStatistics1790000000010 implements MigrationInterface {
  readonly name = 'PersonDirectoryNoStatistics1790000000010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      do $$
      declare
        directory constant oid := 'person_directory'::regclass;
        reading record;
        personal record;
      begin
        create temporary table reading on commit drop as
          select distinct view.oid::regclass::text as name, pg_get_viewdef(view.oid) as definition, (
            select string_agg(format('null::%s%s as %I', format_type(atttypid, atttypmod),
              case when attcollation = 0 then '' else ' collate ' || attcollation::regcollation end, attname), ', ' order by attnum)
            from pg_attribute where attrelid = view.oid and attnum > 0) as nothing
          from pg_depend as dependency
          join pg_rewrite as rule on dependency.classid = 'pg_rewrite'::regclass and rule.oid = dependency.objid
          join pg_class as view on view.oid = rule.ev_class and view.relkind = 'v'
          where dependency.refclassid = 'pg_class'::regclass and dependency.refobjid = directory;
        for reading in select * from pg_temp.reading loop
          execute format('create or replace view %s as select %s where false', reading.name, reading.nothing);
        end loop;
        for personal in
          select attname as name, format_type(atttypid, atttypmod) as type
          from pg_attribute join pg_description on objoid = attrelid and objsubid = attnum
          where attrelid = directory and description = 'personal'
        loop
          execute format('alter table %s alter column %I type %s, alter column %I set statistics 0',
            directory::regclass, personal.name, personal.type, personal.name);
        end loop;
        for reading in select * from pg_temp.reading loop
          execute format('create or replace view %s as %s', reading.name, reading.definition);
        end loop;
      end $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const column of ['name', 'form_of_address', 'name_search', 'name_grams', 'identifiers'])
      await runner.query(`alter table person_directory alter column ${column} set statistics -1`);
  }
}

/** Rows folded before have none: they are of the version before, which runs no further until it is rebuilt. */
class PersonDirectoryLastFour1790000000012 implements MigrationInterface {
  readonly name = 'PersonDirectoryLastFour1790000000012';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table person_directory add column last_fours text[] not null default '{}'`);
    await runner.query(`alter table person_directory alter column last_fours drop default`);
    await runner.query(`create index person_directory_by_last_four on person_directory using gin (last_fours)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table person_directory drop column last_fours`);
  }
}

/** Rows of the version before hold none; the default lets a release that writes those go on. */
class PersonDirectoryRevision1790000000016 implements MigrationInterface {
  readonly name = 'PersonDirectoryRevision1790000000016';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table person_directory add column revision integer not null default 0`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table person_directory drop column revision`);
  }
}

export const personDirectoryMigrations: MigrationClass[] = [
  PersonDirectory1790000000004,
  PersonDirectoryErased1790000000007,
  PersonDirectoryNoStatistics1790000000010,
  PersonDirectoryLastFour1790000000012,
  PersonDirectoryRevision1790000000016,
];

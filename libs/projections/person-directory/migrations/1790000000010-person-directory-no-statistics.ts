import type { MigrationInterface, QueryRunner } from 'typeorm';

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

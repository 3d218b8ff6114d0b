/** Steps of the table of keys, in order; each runs once, and is never edited. */
export const sealingMigrations: { name: string; sql: string }[] = [
  {
    name: 'sealing-1-personal-keys-1780000000005',
    sql: `
      create schema if not exists touchline;
      create table touchline.personal_keys (
        tenant text not null,
        subject text not null,
        wrapped_key bytea,
        master_version integer,
        created_at timestamptz not null default now(),
        erased_at timestamptz,
        primary key (tenant, subject),
        check ((wrapped_key is null) = (erased_at is not null)),
        check ((wrapped_key is null) = (master_version is null))
      );
      create index personal_keys_by_master_version on touchline.personal_keys (master_version) where wrapped_key is not null;
    `,
  },
  {
    name: 'sealing-2-secret-marks-1780000000006',
    sql: 'create table touchline.secret_marks (name text primary key, mark text not null)',
  },
  {
    name: 'sealing-3-erasures-1780000000007',
    sql: `
      create table touchline.erasures (
        tenant text not null,
        customer_id text not null,
        request jsonb not null,
        begun_at timestamptz not null default now(),
        completed_at timestamptz,
        primary key (tenant, customer_id)
      );
      create index erasures_under_way on touchline.erasures (begun_at) where completed_at is null;
    `,
  },
];

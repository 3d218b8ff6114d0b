import type { SqlMigration } from '@touchline/postgres';

/** Wakes subscriptions; told once per call that wrote something. */
export const EVENT_LOG_CHANNEL = 'event_log';

/** The log's own schema. Steps are never edited once released. */
export const eventLogMigrations: SqlMigration[] = [
  {
    name: 'event-log-1-events-1780000000001',
    sql: `
      create schema event_log;

      -- Who this log is, for ever (ADR 0001).
      create table event_log.log (
        id uuid not null default gen_random_uuid(),
        only_one boolean primary key default true check (only_one)
      );
      insert into event_log.log default values;

      create table event_log.events (
        position bigint primary key,
        stream text collate "C" not null,
        revision integer not null,
        id uuid not null,
        type text collate "C" not null,
        -- Canonical JSON as text: jsonb would reshape numbers and refuse \\u0000 (ADR 0001).
        data text not null,
        metadata text not null,
        constraint events_stream_revision unique (stream, revision),
        constraint events_id unique (id)
      );

      create function event_log.refuse_change() returns trigger language plpgsql as $$
      begin
        raise exception 'events are never changed' using errcode = 'restrict_violation';
      end $$;
      create trigger events_are_immutable before update or delete or truncate on event_log.events
        for each statement execute function event_log.refuse_change();
    `,
  },
  {
    name: 'event-log-2-append-1780000000002',
    sql: `
      -- Appends a group: each append all or nothing, each with its own verdict, in the order given, so that an append
      -- sees what those before it wrote. Positions are dense and rise in the order of commits: whoever has read up to
      -- one will never be shown a lower one later.
      --   streams              the streams concerned, each once
      --   of_stream, expected, counts   per append: index into streams, last revision its writer saw (-1: none), number of events
      --   of_append, place     per event: index of its append, its place therein from 0
      -- Indexes are always used: a plan made while the table was small must not outlive that.
      create function event_log.append(
        streams text[], of_stream integer[], expected bigint[], counts integer[],
        of_append integer[], place integer[], ids uuid[], types text[], data text[], metadata text[]
      ) returns table (verdict text, revision bigint, "position" bigint)
      language plpgsql volatile set enable_seqscan = off as $$
      #variable_conflict use_variable
      declare
        newest bigint;
        heads bigint[];
        slot integer;
        starts bigint[];
        first_revisions bigint[];
        verdicts text[];
        revisions bigint[];
        positions bigint[];
        first_event integer := 1;
      begin
        -- Under repeatable read the snapshot would be as old as the transaction, older than the lock.
        if current_setting('transaction_isolation') <> 'read committed' then
          raise exception 'appends need the isolation level read committed';
        end if;
        -- Alone in its statement: the next one takes its snapshot when the lock is held, and sees all that was
        -- committed before. In one statement the snapshot would be older than the wait (ADR 0002).
        perform pg_advisory_xact_lock(7305881440);

        select coalesce(max(e.position), 0) into newest from event_log.events e;
        heads := array(
          select coalesce((select e.revision from event_log.events e where e.stream = s.name order by e.revision desc limit 1), -1)
          from unnest(streams) with ordinality as s(name, n) order by s.n);

        for i in 1 .. cardinality(expected) loop
          slot := of_stream[i];
          if heads[slot] = expected[i] then
            verdicts[i] := 'appended';
            starts[i] := newest + 1;
            first_revisions[i] := heads[slot] + 1;
            newest := newest + counts[i];
            heads[slot] := heads[slot] + counts[i];
            positions[i] := newest;
          else
            verdicts[i] := 'conflict';
            starts[i] := -1;
            first_revisions[i] := -1;
            positions[i] := -1;
          end if;
          revisions[i] := heads[slot];
        end loop;

        insert into event_log.events (position, stream, revision, id, type, data, metadata)
        select starts[e.append] + e.place, streams[of_stream[e.append]], first_revisions[e.append] + e.place, e.id, e.type, e.data, e.metadata
        from unnest(of_append, place, ids, types, data, metadata) as e(append, place, id, type, data, metadata)
        where starts[e.append] > 0;
        if found then
          perform pg_notify('${EVENT_LOG_CHANNEL}', newest::text);
        end if;

        -- A refused append may be a repeat: the stream holds these very events at that place (ADR 0029).
        for i in 1 .. cardinality(expected) loop
          if verdicts[i] = 'conflict' and expected[i] < revisions[i] then
            slot := of_stream[i];
            if ids[first_event : first_event + counts[i] - 1] = array(
              select e.id from event_log.events e
              where e.stream = streams[slot] and e.revision > expected[i] and e.revision <= expected[i] + counts[i] order by e.revision)
            then
              verdicts[i] := 'repeated';
              revisions[i] := expected[i] + counts[i];
              positions[i] := (select e.position from event_log.events e where e.stream = streams[slot] and e.revision = revisions[i]);
            end if;
          end if;
          first_event := first_event + counts[i];
        end loop;

        return query select v.verdict, v.revision, v.position from unnest(verdicts, revisions, positions) as v(verdict, revision, position);
      end $$;
    `,
  },
  {
    name: 'event-log-3-append-one-1780000000003',
    sql: `
      -- The commonest append, one event on its own, without what a group needs; same lock, order and checks. Null, and nothing
      -- written, where the stream is not at that revision: event_log.append then tells a repeat from a conflict.
      create function event_log.append_one(stream text, expected bigint, id uuid, type text, data text, metadata text) returns bigint
      language plpgsql volatile set enable_seqscan = off as $$
      #variable_conflict use_column
      declare
        written bigint;
      begin
        if current_setting('transaction_isolation') <> 'read committed' then
          raise exception 'appends need the isolation level read committed';
        end if;
        perform pg_advisory_xact_lock(7305881440);
        insert into event_log.events (position, stream, revision, id, type, data, metadata)
        select coalesce((select max(e.position) from event_log.events e), 0) + 1,
          append_one.stream, expected + 1, append_one.id, append_one.type, append_one.data, append_one.metadata
        where expected = coalesce(
          (select e.revision from event_log.events e where e.stream = append_one.stream order by e.revision desc limit 1), -1)
        returning position into written;
        if written is not null then
          perform pg_notify('${EVENT_LOG_CHANNEL}', written::text);
        end if;
        return written;
      end $$;
    `,
  },
  {
    name: 'event-log-4-repeats-to-the-byte-1780000000004',
    sql: `
      create or replace function event_log.append(
        streams text[], of_stream integer[], expected bigint[], counts integer[],
        of_append integer[], place integer[], ids uuid[], types text[], data text[], metadata text[]
      ) returns table (verdict text, revision bigint, "position" bigint)
      language plpgsql volatile set enable_seqscan = off as $$
      #variable_conflict use_variable
      declare
        newest bigint;
        heads bigint[];
        slot integer;
        starts bigint[];
        first_revisions bigint[];
        verdicts text[];
        revisions bigint[];
        positions bigint[];
        first_event integer := 1;
      begin
        -- Under repeatable read the snapshot would be as old as the transaction, older than the lock.
        if current_setting('transaction_isolation') <> 'read committed' then
          raise exception 'appends need the isolation level read committed';
        end if;
        -- Alone in its statement: the next one takes its snapshot when the lock is held, and sees all that was
        -- committed before. In one statement the snapshot would be older than the wait (ADR 0002).
        perform pg_advisory_xact_lock(7305881440);

        select coalesce(max(e.position), 0) into newest from event_log.events e;
        heads := array(
          select coalesce((select e.revision from event_log.events e where e.stream = s.name order by e.revision desc limit 1), -1)
          from unnest(streams) with ordinality as s(name, n) order by s.n);

        for i in 1 .. cardinality(expected) loop
          slot := of_stream[i];
          if heads[slot] = expected[i] then
            verdicts[i] := 'appended';
            starts[i] := newest + 1;
            first_revisions[i] := heads[slot] + 1;
            newest := newest + counts[i];
            heads[slot] := heads[slot] + counts[i];
            positions[i] := newest;
          else
            verdicts[i] := 'conflict';
            starts[i] := -1;
            first_revisions[i] := -1;
            positions[i] := -1;
          end if;
          revisions[i] := heads[slot];
        end loop;

        insert into event_log.events (position, stream, revision, id, type, data, metadata)
        select starts[e.append] + e.place, streams[of_stream[e.append]], first_revisions[e.append] + e.place, e.id, e.type, e.data, e.metadata
        from unnest(of_append, place, ids, types, data, metadata) as e(append, place, id, type, data, metadata)
        where starts[e.append] > 0;
        if found then
          perform pg_notify('${EVENT_LOG_CHANNEL}', newest::text);
        end if;

        -- A refused append may be a repeat: the stream holds these very events at that place, to the byte. Another try of the
        -- same command has other bytes: it is refused, so that its writer reads what stands there.
        for i in 1 .. cardinality(expected) loop
          if verdicts[i] = 'conflict' and expected[i] < revisions[i] then
            slot := of_stream[i];
            if (
              select count(*) = counts[i] and bool_and(
                e.id = ids[asked] and e.type = types[asked] and e.data = data[asked] and e.metadata = metadata[asked])
              from event_log.events e, lateral (select first_event + (e.revision - expected[i] - 1)::integer as asked) at
              where e.stream = streams[slot] and e.revision > expected[i] and e.revision <= expected[i] + counts[i])
            then
              verdicts[i] := 'repeated';
              revisions[i] := expected[i] + counts[i];
              positions[i] := (select e.position from event_log.events e where e.stream = streams[slot] and e.revision = revisions[i]);
            end if;
          end if;
          first_event := first_event + counts[i];
        end loop;

        return query select v.verdict, v.revision, v.position from unnest(verdicts, revisions, positions) as v(verdict, revision, position);
      end $$;
    `,
  },
];

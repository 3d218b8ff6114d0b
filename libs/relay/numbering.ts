import type { ClientBase, Pool } from 'pg';
import type { Position } from '@touchline/core';
import { inTransaction } from '@touchline/postgres';
import type { Lease } from '@touchline/subscriptions';
import { LeaseLost } from './errors.js';

/** A message that wants its number: the how many-th it is on its topic for whom it is ordered by. */
export interface ToNumber {
  topic: string;
  eventId: string;
  key: string;
  subject: string;
  position: Position;
  /** Of a compacted topic: whom the key tells of from now on. */
  person: string | null;
}

/** Whoever gives messages their numbers, and keeps whom a key tells of. */
export interface MessageNumbers {
  /** @returns the numbers, in the order of the messages; null for one that is not to be told, since it is of somebody erased before */
  number(messages: readonly ToNumber[]): Promise<(number | null)[]>;
  /** Marks a person as erased from a position on. @returns what the topic tells of them, by key */
  erase(topic: string, person: string, position: Position): Promise<{ key: string; subject: string }[]>;
}

/**
 * Numbers messages before they are produced, in the order of the log, so that whoever produces one again finds the number
 * it had (D19). Only under the lease: of two relays one alone gives numbers.
 */
export class Numbering implements MessageNumbers {
  constructor(
    private readonly pool: Pool,
    private readonly lease: Lease,
    /** A process that is held up in the middle gives way after this long. */
    private readonly patienceMs: number,
  ) {}

  /** @throws LeaseLost */
  number(messages: readonly ToNumber[]): Promise<(number | null)[]> {
    return inTransaction(this.pool, async (client) => {
      await this.assertMine(client);
      const gone = await this.erased(client, messages);
      const wanted = messages.filter((message) => !gone.has(message));
      await this.notePeople(client, wanted);
      const numbers = await this.numbered(client, wanted);
      let next = 0;
      return messages.map((message) => (gone.has(message) ? null : (numbers[next++] ?? null)));
    });
  }

  erase(topic: string, person: string, position: Position): Promise<{ key: string; subject: string }[]> {
    return inTransaction(this.pool, async (client) => {
      await this.assertMine(client);
      const { rows } = await client.query<{ key: string; subject: string }>(
        `update touchline.topic_people set erased_at = coalesce(erased_at, $3) where topic = $1 and person = $2 returning key, subject`,
        [topic, person, position],
      );
      return rows.sort((a, b) => (a.key < b.key ? -1 : 1));
    });
  }

  /** How many numbers were ever given on a topic. */
  async given(topic: string): Promise<number> {
    const { rows } = await this.pool.query<{ count: string }>('select count(*) from touchline.topic_sequences where topic = $1', [topic]);
    return Number(rows[0]?.count ?? 0);
  }

  private async assertMine(client: ClientBase): Promise<void> {
    // The lock below holds a successor up until the numbers are in; one that is stopped here must not hold it up for longer.
    await client.query(`select set_config('idle_in_transaction_session_timeout', $1, true)`, [String(Math.ceil(this.patienceMs))]);
    const { rowCount } = await client.query('select from touchline.leases where name = $1 and fence = $2 for share', [
      this.lease.name,
      this.lease.fence,
    ]);
    if (rowCount !== 1) throw new LeaseLost(`another holds the lease ${this.lease.name}`);
  }

  private async erased(client: ClientBase, messages: readonly ToNumber[]): Promise<Set<ToNumber>> {
    const people = [...new Set(messages.flatMap(({ person }) => person ?? []))];
    if (people.length === 0) return new Set();
    const { rows } = await client.query<{ topic: string; person: string; erased_at: Position }>(
      `select topic, person, min(erased_at) as erased_at from touchline.topic_people
       where person = any($1) and erased_at is not null group by topic, person`,
      [people],
    );
    const since = new Map(rows.map(({ topic, person, erased_at }) => [`${topic} ${person}`, erased_at]));
    return new Set(
      messages.filter(({ topic, person, position }) => {
        const at = since.get(`${topic} ${person}`);
        return at !== undefined && position > at;
      }),
    );
  }

  private async notePeople(client: ClientBase, messages: readonly ToNumber[]): Promise<void> {
    const telling = messages.filter(({ person }) => person !== null);
    if (telling.length === 0) return;
    await client.query(
      `insert into touchline.topic_people (topic, person, key, subject)
       select * from unnest($1::text[], $2::text[], $3::text[], $4::text[]) on conflict do nothing`,
      [telling.map(({ topic }) => topic), telling.map(({ person }) => person), ...keysAndSubjects(telling)],
    );
  }

  private async numbered(client: ClientBase, messages: readonly ToNumber[]): Promise<number[]> {
    if (messages.length === 0) return [];
    const { rows } = await client.query<{ sequence: string }>(
      `with given as (
         select * from unnest($1::text[], $2::text[], $3::text[], $4::text[]) with ordinality as g (topic, event_id, key, subject, place)
       ), known as (
         select place, s.sequence from given g join touchline.topic_sequences s using (topic, event_id, key)
       ), fresh as (
         select g.*, row_number() over (partition by topic, subject order by place) as step
         from given g where not exists (select from known k where k.place = g.place)
       ), lasts as (
         select topic, subject, coalesce((select max(sequence) from touchline.topic_sequences s
                                          where s.topic = f.topic and s.subject = f.subject), 0) as last
         from (select distinct topic, subject from fresh) f
       ), added as (
         insert into touchline.topic_sequences (topic, event_id, key, subject, sequence)
         select topic, event_id, key, subject, last + step from fresh join lasts using (topic, subject)
         returning topic, event_id, key, sequence
       )
       select place, sequence from known
       union all select place, a.sequence from fresh join added a using (topic, event_id, key)
       order by place`,
      [messages.map(({ topic }) => topic), messages.map(({ eventId }) => eventId), ...keysAndSubjects(messages)],
    );
    return rows.map(({ sequence }) => Number(sequence));
  }
}

const keysAndSubjects = (messages: readonly ToNumber[]): [string[], string[]] => [
  messages.map(({ key }) => key),
  messages.map(({ subject }) => subject),
];

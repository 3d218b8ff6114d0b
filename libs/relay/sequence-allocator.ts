import { LRUCache } from 'lru-cache';
import type { ClientBase, Pool } from 'pg';
import type { Position } from '@touchline/core';
import { inTransaction } from '@touchline/postgres';
import type { Lease } from '@touchline/subscriptions';
import { LeaseLost } from './errors.js';

/** A message that wants its number: the how many-th it is on its topic for whom it is ordered by. */
export interface SequenceRequest {
  topic: string;
  eventId: string;
  key: string;
  subject: string;
  position: Position;
  /** Of a compacted topic: whom the key tells of from now on. */
  person: string | null;
}

/** Whoever gives messages their numbers, and keeps whom a key tells of. */
export interface SequenceAllocator {
  /** @returns the numbers, in the order of the messages; null for one that is not to be told, since it is of somebody erased before */
  allocate(messages: readonly SequenceRequest[]): Promise<(number | null)[]>;
  /** Marks a person as erased from a position on. @returns what the topic tells of them, by key */
  erase(topic: string, person: string, position: Position): Promise<{ key: string; subject: string }[]>;
}

/** Of subjects, and of keys that tell of somebody; what is not held is looked up. */
const MOST_HELD = 20_000;

/**
 * Numbers messages before they are produced, in the order of the log, so that whoever produces one again finds the number
 * it had (ADR 0017). Only under the lease: of two relays one alone gives numbers, and so may hold what it gave last. After an error
 * it is of no use any more.
 */
export class PostgresSequenceAllocator implements SequenceAllocator {
  /** Topics on which all that was numbered before is passed: numbers are given in the order of the log. */
  private readonly beyond = new Set<string>();
  /** Topic and subject → the last number. */
  private readonly lasts = new LRUCache<string, number>({ max: MOST_HELD });
  /** Keys of which it is noted whom they tell of, none of whom is erased. */
  private readonly noted = new LRUCache<string, true>({ max: MOST_HELD });

  constructor(
    private readonly pool: Pool,
    private readonly lease: Lease,
    /** A process that is held up in the middle gives way after this long. */
    private readonly patienceMs: number,
  ) {}

  /** @throws LeaseLost */
  allocate(messages: readonly SequenceRequest[]): Promise<(number | null)[]> {
    return inTransaction(this.pool, async (client) => {
      await this.assertMine(client);
      const unnoted = messages.filter((message) => message.person !== null && this.noted.get(noteOf(message)) === undefined);
      const gone = await this.erased(client, unnoted);
      const wanted = gone.size === 0 ? messages : messages.filter((message) => !gone.has(message));
      await this.notePeople(
        client,
        unnoted.filter((message) => !gone.has(message)),
      );
      const known = await this.known(client, wanted);
      const fresh = wanted.filter((message) => !known.has(message));
      await this.learnLasts(client, fresh);
      const given = new Map(fresh.map((message) => [message, this.next(message)]));
      await this.keep(client, given);
      for (const { topic } of fresh) this.beyond.add(topic);
      return messages.map((message) => known.get(message) ?? given.get(message) ?? null);
    });
  }

  erase(topic: string, person: string, position: Position): Promise<{ key: string; subject: string }[]> {
    // Rare; whom the held keys tell of is looked up again.
    this.noted.clear();
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

  private async erased(client: ClientBase, messages: readonly SequenceRequest[]): Promise<Set<SequenceRequest>> {
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

  private async notePeople(client: ClientBase, telling: readonly SequenceRequest[]): Promise<void> {
    if (telling.length === 0) return;
    await client.query(
      `insert into touchline.topic_people (topic, person, key, subject)
       select * from unnest($1::text[], $2::text[], $3::text[], $4::text[]) on conflict do nothing`,
      [...columns(telling, 'topic', 'person', 'key', 'subject')],
    );
    for (const message of telling) this.noted.set(noteOf(message), true);
  }

  /** Those that were numbered before. */
  private async known(client: ClientBase, messages: readonly SequenceRequest[]): Promise<Map<SequenceRequest, number>> {
    const asked = messages.filter(({ topic }) => !this.beyond.has(topic));
    if (asked.length === 0) return new Map();
    const { rows } = await client.query<{ place: string; sequence: string }>(
      `select place, s.sequence from unnest($1::text[], $2::text[], $3::text[]) with ordinality as g (topic, event_id, key, place)
       join touchline.topic_sequences s using (topic, event_id, key)`,
      [...columns(asked, 'topic', 'eventId', 'key')],
    );
    return new Map(rows.map(({ place, sequence }) => [asked[Number(place) - 1]!, Number(sequence)]));
  }

  private async learnLasts(client: ClientBase, messages: readonly SequenceRequest[]): Promise<void> {
    const asked = new Map(
      messages.flatMap((message) => (this.lasts.get(subjectOf(message)) === undefined ? [[subjectOf(message), message]] : [])),
    );
    if (asked.size === 0) return;
    const { rows } = await client.query<{ topic: string; subject: string; last: string }>(
      `select topic, subject, coalesce((select max(sequence) from touchline.topic_sequences s
                                        where s.topic = g.topic and s.subject = g.subject), 0) as last
       from unnest($1::text[], $2::text[]) as g (topic, subject)`,
      [...columns([...asked.values()], 'topic', 'subject')],
    );
    for (const row of rows) this.lasts.set(subjectOf(row), Number(row.last));
  }

  private next(message: SequenceRequest): number {
    const sequence = (this.lasts.get(subjectOf(message)) ?? 0) + 1;
    this.lasts.set(subjectOf(message), sequence);
    return sequence;
  }

  private async keep(client: ClientBase, given: ReadonlyMap<SequenceRequest, number>): Promise<void> {
    if (given.size === 0) return;
    await client.query(
      `insert into touchline.topic_sequences (topic, event_id, key, subject, sequence)
       select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[])`,
      [...columns([...given.keys()], 'topic', 'eventId', 'key', 'subject'), [...given.values()]],
    );
  }
}

const subjectOf = ({ topic, subject }: Pick<SequenceRequest, 'topic' | 'subject'>): string => `${topic} ${subject}`;
const noteOf = ({ topic, person, key }: SequenceRequest): string => `${topic} ${person} ${key}`;

const columns = (messages: readonly SequenceRequest[], ...names: (keyof SequenceRequest)[]): (string | null)[][] =>
  names.map((name) => messages.map((message) => message[name]));

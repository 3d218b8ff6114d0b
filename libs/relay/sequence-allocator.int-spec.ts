import { beforeAll, describe, expect, it } from '@jest/globals';
import { asPosition } from '@touchline/core';
import { runSqlMigrations } from '@touchline/postgres';
import type { Lease } from '@touchline/subscriptions';
import { Leases } from '@touchline/subscriptions';
import { subscriptionMigrations } from '@touchline/subscriptions/migrations.js';
import { useDatabase } from '@touchline/testing/postgres.js';
import { LeaseLost } from './errors.js';
import { ReplayedSequences } from './replayed-sequences.js';
import { relayMigrations } from './migrations.js';
import type { SequenceAllocator, SequenceRequest } from './sequence-allocator.js';
import { PostgresSequenceAllocator } from './sequence-allocator.js';

describe('numbers of messages', () => {
  const database = useDatabase();
  const leases = (): Leases => new Leases(database.pool, 60_000);
  let lease: Lease;
  beforeAll(async () => {
    await runSqlMigrations(database.pool, subscriptionMigrations);
    await runSqlMigrations(database.pool, relayMigrations);
    lease = (await leases().acquire('relay', 'a'))!;
  });
  /** As a relay begins: it knows nothing of what it gave before. */
  const begun = (): PostgresSequenceAllocator => new PostgresSequenceAllocator(database.pool, lease, 60_000);

  /** The n-th event of a topic, about somebody. */
  const message = (topic: string, n: number, subject: string, person: string | null = null): SequenceRequest => ({
    ...{ topic, eventId: `${topic}-${n}`, key: `key-of-${subject}`, subject, person },
    position: asPosition(String(n).padStart(20, '0')),
  });

  it('count for each subject of each topic', async () => {
    const given = await begun().allocate([
      ...[message('counts', 1, 'wang'), message('counts', 2, 'li'), message('counts', 3, 'wang')],
      message('counts-too', 3, 'wang'),
    ]);
    expect(given).toEqual([1, 1, 2, 1]);
  });

  it('are found again by whoever begins anew, and gone on from', async () => {
    const all = [1, 2, 3, 4, 5, 6].map((n) => message('again', n, n % 2 === 0 ? 'wang' : 'li'));
    const first = begun();
    expect(await first.allocate(all.slice(0, 2))).toEqual([1, 1]);
    expect(await first.allocate(all.slice(2, 4))).toEqual([2, 2]);
    const second = begun();
    expect(await second.allocate(all.slice(1, 5))).toEqual([1, 2, 2, 3]);
    expect(await second.allocate(all.slice(5))).toEqual([3]);
    expect(await second.given('again')).toBe(6);
  });

  it.each<[string, () => SequenceAllocator]>([
    ['by the database', begun],
    ['worked out from the log', () => new ReplayedSequences()],
  ])('are not given to what tells of somebody erased, whether they were told of before or not (%s)', async (how, sequences) => {
    const topic = `erased ${how}`;
    const numbers = sequences();
    const [wang, li] = ['wang', 'li'].map((name) => (n: number, key = name): SequenceRequest => ({
      ...message(topic, n, name, name),
      key,
    }));
    expect(await numbers.allocate([wang!(1), wang!(2, 'second'), li!(3)])).toEqual([1, 2, 1]);
    expect(await numbers.erase(topic, 'wang', asPosition('4'.padStart(20, '0')))).toEqual([
      { key: 'second', subject: 'wang' },
      { key: 'wang', subject: 'wang' },
    ]);
    expect(await numbers.allocate([wang!(5), wang!(6, 'third'), li!(7)])).toEqual([null, null, 2]);
  });

  it('are given by nobody who lost the lease', async () => {
    const late = new PostgresSequenceAllocator(database.pool, { ...lease, fence: lease.fence - 1 }, 60_000);
    await expect(late.allocate([message('late', 1, 'wang')])).rejects.toThrow(LeaseLost);
  });
});

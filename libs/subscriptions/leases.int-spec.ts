import { beforeAll, describe, expect, it } from '@jest/globals';
import { runSqlMigrations } from '@touchline/postgres';
import { useDatabase } from '@touchline/testing/postgres.js';
import { eventually } from '@touchline/testing/eventually.js';
import { Leases } from './leases.js';
import { subscriptionMigrations } from './migrations.js';

describe('a lease', () => {
  const database = useDatabase();
  const long = (): Leases => new Leases(database.pool, 60_000);
  const short = (): Leases => new Leases(database.pool, 1);
  beforeAll(() => runSqlMigrations(database.pool, subscriptionMigrations));

  it('is given to the first who asks', async () => {
    expect(await long().acquire('first', 'a')).toEqual({ name: 'first', holder: 'a', fence: 1 });
  });

  it('is refused while another holds it', async () => {
    await long().acquire('held', 'a');
    expect(await long().acquire('held', 'b')).toBeNull();
    expect(await long().acquire('held', 'a')).toBeNull();
  });

  it('is given to one of many who ask at once', async () => {
    const given = await Promise.all(Array.from({ length: 8 }, (_, index) => long().acquire('race', `h${index}`)));
    expect(given.filter((lease) => lease !== null)).toHaveLength(1);
  });

  it('goes to another with a higher fence once it has run out', async () => {
    const first = await short().acquire('runs-out', 'a');
    const second = await eventually(() => long().acquire('runs-out', 'b'));
    expect([first?.fence, second.fence]).toEqual([1, 2]);
  });

  it('is held on to by renewing', async () => {
    const lease = await eventually(() => short().acquire('renewed', 'a'));
    expect(await long().renew(lease)).toBe(true);
    expect(await long().acquire('renewed', 'b')).toBeNull();
  });

  it('cannot be renewed once another took it', async () => {
    const first = await eventually(() => short().acquire('taken', 'a'));
    await eventually(() => long().acquire('taken', 'b'));
    expect(await long().renew(first)).toBe(false);
  });

  it('is free at once when given back, and the next fence is higher', async () => {
    const first = await eventually(() => long().acquire('given-back', 'a'));
    await long().release(first);
    expect(await long().acquire('given-back', 'b')).toMatchObject({ holder: 'b', fence: 2 });
  });

  it('is not given back by one who lost it', async () => {
    const first = await eventually(() => short().acquire('lost', 'a'));
    await eventually(() => long().acquire('lost', 'b'));
    await long().release(first);
    expect(await long().acquire('lost', 'c')).toBeNull();
  });

  it('of one name says nothing about another', async () => {
    await long().acquire('this', 'a');
    expect(await long().acquire('that', 'b')).not.toBeNull();
  });
});

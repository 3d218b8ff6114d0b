import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { runSqlMigrations } from '@touchline/postgres';
import { useDatabase } from '@touchline/testing/postgres.js';
import { eventually } from '@touchline/testing/eventually.js';
import { PATIENCE_MS } from '@touchline/testing/patience.js';
import { every } from './every.js';
import type { Lease } from './leases.js';
import { Leases } from './leases.js';
import { subscriptionMigrations } from './migrations.js';
import { withLease } from './with-lease.js';

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

  it('that cannot be renewed or given back is told of, the first time in a row, and the work goes on', async () => {
    const told: unknown[] = [];
    const leases = long();
    const away = new Error('the server is away');
    let renewals = 0;
    leases.renew = async () => {
      renewals += 1;
      if (renewals < 4) throw away;
      return true;
    };
    leases.release = () => Promise.reject(away);
    const leaseFault = (...fault: unknown[]): void => void told.push(fault);
    const work = async (_: Lease, over: AbortSignal): Promise<void> => {
      await eventually(() => renewals > 4 && !over.aborted);
    };
    const deps = { leases, holder: 'a', heartbeatMs: 5, leaseFault };
    expect(await withLease(deps, 'troubled', new AbortController().signal, work)).toBe(true);
    expect(told).toEqual([
      ['troubled', 'not renewed', away],
      ['troubled', 'not given back', away],
    ]);
  });

  describe('of a regular duty', () => {
    const until = (signal: AbortSignal): Promise<unknown> => new Promise((resolve) => signal.addEventListener('abort', resolve));
    const never = (error: unknown): void => expect(error).toBeUndefined();
    const deps = (holder: string, leases = long()) => ({ leases, holder, heartbeatMs: 5, leaseFault: () => undefined });

    it('has it done by one process at a time, by each of them again and again', async () => {
      let [atOnce, most] = [0, 0];
      const times = new Map<string, number>();
      const processes = ['a', 'b', 'c'].map((holder) => {
        const work = async (): Promise<void> => {
          most = Math.max(most, ++atOnce);
          await delay(2);
          times.set(holder, (times.get(holder) ?? 0) + 1);
          atOnce -= 1;
        };
        return every(deps(holder), { name: 'turns', intervalMs: 5, work, failed: never });
      });
      await eventually(() => times.size === 3 && [...times.values()].every((count) => count > 2));
      await Promise.all(processes.map((each) => each.drain(PATIENCE_MS)));
      expect(most).toBe(1);
    });

    it('has another take over soon from one that died in the middle of it, however long the interval', async () => {
      await new Leases(database.pool, 1_000).acquire('orphaned', 'died');
      let isDone = false;
      const work = async (): Promise<void> => void (isDone = true);
      const living = every(deps('living'), { name: 'orphaned', intervalMs: 3_600_000, work, failed: never });
      await eventually(() => isDone);
      expect(await living.drain(PATIENCE_MS)).toBe(true);
    });

    it('cuts it short where another took the lease, and where it is drained', async () => {
      const fast = new Leases(database.pool, 1_000);
      let cuts = 0;
      const work = (signal: AbortSignal): Promise<void> =>
        until(signal).then(() => {
          cuts += 1;
        });
      const first = every(deps('first', fast), { name: 'cut-short', intervalMs: 5, work, failed: never });
      const held = async () =>
        (await database.pool.query(`update touchline.leases set fence = fence + 1 where name = 'cut-short'`)).rowCount;
      await eventually(async () => (await held()) === 1 && cuts > 0);
      expect(await first.drain(PATIENCE_MS)).toBe(true);
    });

    it('has it done once where it is drained at once, tells what fails, and is not at it where the interval is 0', async () => {
      const told: unknown[] = [];
      const failure = new Error('cannot');
      const work = (): Promise<void> => Promise.reject(failure);
      const failed = (error: unknown): void => void told.push(error);
      await every(deps('a'), { name: 'drained', intervalMs: 3_600_000, work, failed }).drain(PATIENCE_MS);
      await every(deps('a'), { name: 'off', intervalMs: 0, work, failed }).drain(PATIENCE_MS);
      expect(told).toEqual([failure]);
    });
  });
});

import { beforeAll, describe, expect, it } from '@jest/globals';
import { asPosition } from '@touchline/core';
import type { Position } from '@touchline/core';
import { inTransaction, runSqlMigrations } from '@touchline/postgres';
import { useDatabase } from '@touchline/testing/postgres.js';
import type { RunState } from './checkpoints.js';
import { Checkpoints } from './checkpoints.js';
import type { Failure } from './failures.js';
import { CheckpointLost } from './failures.js';
import type { Lease } from './leases.js';
import { subscriptionMigrations } from './migrations.js';

const reader = { version: 1, logId: 'log-1' };
const at = (n: number): { position: Position; id: string } => ({ position: asPosition(String(n).padStart(16, '0')), id: `e${n}` });
const lease = (name: string, fence = 1): Lease => ({ name, holder: 'a', fence });
const failure = (id: string): Failure => ({
  code: 'event.failed',
  event: { id, type: 'step-taken', stream: 'journey-dongfang.a', position: at(1).position },
  error: 'Error: no',
  stack: 'at somewhere',
  failedAt: '2026-03-02T09:00:00.000Z',
});

describe('a checkpoint', () => {
  const database = useDatabase();
  let checkpoints: Checkpoints;
  beforeAll(async () => {
    await runSqlMigrations(database.pool, subscriptionMigrations);
    checkpoints = new Checkpoints(database.pool);
  });
  const move = (holder: Lease, from: Position | null, to: ReturnType<typeof at>): Promise<RunState> =>
    inTransaction(database.pool, (client) => checkpoints.move(client, holder, from, to));

  it('begins before the first event and keeps where it came to', async () => {
    expect(await checkpoints.claim(lease('begins'), reader)).toMatchObject({
      position: null,
      eventId: null,
      state: 'running',
      failure: null,
    });
    expect(await move(lease('begins'), null, at(5))).toBe('running');
    expect(await checkpoints.get('begins')).toMatchObject({ logId: 'log-1', version: 1, position: at(5).position, eventId: 'e5' });
  });

  it('does not move from where it does not stand', async () => {
    await checkpoints.claim(lease('elsewhere'), reader);
    await move(lease('elsewhere'), null, at(5));
    await expect(move(lease('elsewhere'), null, at(6))).rejects.toThrow(CheckpointLost);
    await expect(move(lease('elsewhere'), at(4).position, at(6))).rejects.toThrow(CheckpointLost);
    expect((await checkpoints.get('elsewhere'))?.position).toBe(at(5).position);
  });

  it('does not move for one whose lease went to another', async () => {
    await checkpoints.claim(lease('fenced', 1), reader);
    await checkpoints.claim(lease('fenced', 2), reader);
    await expect(move(lease('fenced', 1), null, at(5))).rejects.toThrow(CheckpointLost);
    expect(await move(lease('fenced', 2), null, at(5))).toBe('running');
  });

  it('cannot be claimed back by one whose lease went to another', async () => {
    await checkpoints.claim(lease('reclaimed', 2), reader);
    expect(await checkpoints.claim(lease('reclaimed', 1), reader)).toBeNull();
    expect(await checkpoints.claim(lease('reclaimed', 2), reader)).not.toBeNull();
  });

  it('goes back with the transaction it moved in', async () => {
    await checkpoints.claim(lease('rolled-back'), reader);
    const failing = inTransaction(database.pool, async (client) => {
      await checkpoints.move(client, lease('rolled-back'), null, at(5));
      throw new Error('the rows do not fit');
    });
    await expect(failing).rejects.toThrow('the rows do not fit');
    expect((await checkpoints.get('rolled-back'))?.position).toBeNull();
  });

  it('keeps the log it was made with, whoever claims it', async () => {
    await checkpoints.claim(lease('log'), reader);
    expect(await checkpoints.claim(lease('log', 2), { version: 2, logId: 'log-2' })).toMatchObject({ version: 1, logId: 'log-1' });
  });

  it('tells the mover that an operator paused it, and is resumed', async () => {
    await checkpoints.claim(lease('paused'), reader);
    expect(await checkpoints.control('paused', ['running'], 'paused')).toBe(true);
    expect(await move(lease('paused'), null, at(5))).toBe('paused');
    expect(await checkpoints.control('paused', ['running'], 'paused')).toBe(false);
    expect(await checkpoints.control('paused', ['paused'], 'running')).toBe(true);
    expect(await move(lease('paused'), at(5).position, at(6))).toBe('running');
  });

  it('stops on a failure, and goes on when an operator names the failed event', async () => {
    await checkpoints.claim(lease('stopped'), reader);
    await checkpoints.stop(lease('stopped'), failure('e1'));
    expect(await checkpoints.get('stopped')).toMatchObject({ state: 'stopped', failure: failure('e1') });
    expect(await checkpoints.control('stopped', ['stopped'], 'running', 'e2')).toBe(false);
    expect(await checkpoints.control('stopped', ['stopped'], 'running', 'e1')).toBe(true);
    expect(await checkpoints.get('stopped')).toMatchObject({ state: 'running', failure: null });
  });

  it('takes no failure from one whose lease went to another', async () => {
    await checkpoints.claim(lease('late-failure', 2), reader);
    await checkpoints.stop(lease('late-failure', 1), failure('e1'));
    expect(await checkpoints.get('late-failure')).toMatchObject({ state: 'running', failure: null });
  });
});

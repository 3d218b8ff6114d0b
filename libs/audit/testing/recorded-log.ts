import { randomBytes, randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { runSqlMigrations } from '@touchline/postgres';
import type { EventStore } from '@touchline/event-store';
import { encodeEvent } from '@touchline/event-store';
import { auditMigrations } from '../heads/migrations.js';
import { SigningKeys } from '../heads/head.js';
import { LogHeads } from '../heads/log-heads.js';

/** Records as `handle-command` does, without deciding anything. */
export class Recorder {
  private readonly ends = new Map<string, { revision: number; hash: string }>();

  constructor(private readonly store: EventStore) {}

  async record(stream: string, text = 'a note'): Promise<void> {
    const before = this.ends.get(stream);
    const revision = (before?.revision ?? -1) + 1;
    const id = randomUUID();
    const { hash, ...event } = encodeEvent(
      { id, stream, revision, type: 'note-taken', data: { text, number: revision }, meta: metaOf(id) },
      before?.hash ?? '',
    );
    await this.store.append(stream, before === undefined ? 'no-stream' : before.revision, [event]);
    this.ends.set(stream, { revision, hash });
  }

  /** A stream as if nothing had been recorded before. */
  async begin(stream: string): Promise<void> {
    this.ends.delete(stream);
    await this.record(stream);
  }

  /** Streams in turn, `rounds` events each. */
  async rounds(streams: readonly string[], rounds: number): Promise<void> {
    for (let round = 0; round < rounds; round += 1) for (const stream of streams) await this.record(stream, `round ${round}`);
  }
}

export const metaOf = (id: string): Parameters<typeof encodeEvent>[0]['meta'] => ({
  tenant: 'dongfang',
  occurredAt: '2026-06-01T08:00:00.000Z',
  recordedAt: '2026-06-01T08:00:01.000Z',
  actor: { kind: 'user', id: 'li' },
  commandId: id,
  requestHash: 'r',
  correlationId: id,
  causationId: id,
  schemaVersion: 1,
  subjects: { customer: 'c-1' },
});

export const newKeys = (): SigningKeys => new SigningKeys([{ version: 1, key: randomBytes(32) }]);

/** Heads of this log, their tables made. The clock moves on by a minute at every look. */
export async function headsOf(pool: Pool, store: EventStore, keys: SigningKeys = newKeys()): Promise<LogHeads> {
  await runSqlMigrations(pool, auditMigrations);
  let minutes = 0;
  const clock = { now: () => Promise.resolve(new Date(Date.UTC(2026, 5, 2, 0, minutes++)).toISOString()) };
  return new LogHeads({ pool, store, clock, keys });
}

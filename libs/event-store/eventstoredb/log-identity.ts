import { randomUUID } from 'node:crypto';
import { LOG_STREAM } from './stream-names.js';
import type { StreamsApi } from './streams-api.js';

const LOG_CREATED = 'log-created';

/** What a log says of itself in its first event. */
export interface LogIdentity {
  logId: string;
  /** Absent where it was begun before there were namespaces, or without one. */
  namespace?: string;
}

/**
 * The server keeps no id of a log, so ours is the first event of a stream of ours, written by whoever comes first.
 * It survives backup and restore with the log, as it should: what tells a restored log apart are its positions (ADR 0001).
 * @throws CallFailure
 */
export async function readOrCreateLog(api: StreamsApi, namespace: string): Promise<LogIdentity> {
  const existing = await readLog(api);
  if (existing !== null) return existing;
  const identity: LogIdentity = { logId: randomUUID(), ...(namespace !== '' && { namespace }) };
  const created = { id: randomUUID(), type: LOG_CREATED, data: JSON.stringify(identity), metadata: '{}' };
  await api.append(LOG_STREAM, 'no-stream', [created]);
  // Read back rather than trusted: another process may have been first.
  const log = await readLog(api);
  if (log === null) throw new Error(`stream ${LOG_STREAM} does not hold the log's id`);
  return log;
}

async function readLog(api: StreamsApi): Promise<LogIdentity | null> {
  const { events } = await api.streamPage({ stream: LOG_STREAM, direction: 'forwards', from: 0, count: 1 });
  const first = events[0];
  if (first === undefined) return null;
  const { logId, namespace } = JSON.parse(first.data) as { logId?: unknown; namespace?: unknown };
  if (first.type !== LOG_CREATED || typeof logId !== 'string') throw new Error(`stream ${LOG_STREAM} does not begin with the log's id`);
  return { logId, ...(typeof namespace === 'string' && { namespace }) };
}

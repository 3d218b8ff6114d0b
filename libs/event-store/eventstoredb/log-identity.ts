import { randomUUID } from 'node:crypto';
import { LOG_STREAM } from './records.js';
import type { StreamsApi } from './streams-api.js';

const LOG_CREATED = 'log-created';

/**
 * The server keeps no id of a log, so ours is the first event of a stream of ours, written by whoever comes first.
 * It survives backup and restore with the log, as it should: what tells a restored log apart are its positions (D10).
 * @throws CallFailure
 */
export async function readOrCreateLogId(api: StreamsApi): Promise<string> {
  const existing = await readLogId(api);
  if (existing !== null) return existing;
  const created = { id: randomUUID(), type: LOG_CREATED, data: JSON.stringify({ logId: randomUUID() }), metadata: '{}' };
  await api.append(LOG_STREAM, 'no-stream', [created]);
  // Read back rather than trusted: another process may have been first.
  const logId = await readLogId(api);
  if (logId === null) throw new Error(`stream ${LOG_STREAM} does not hold the log's id`);
  return logId;
}

async function readLogId(api: StreamsApi): Promise<string | null> {
  const { events } = await api.streamPage({ stream: LOG_STREAM, direction: 'forwards', from: 0, count: 1 });
  const first = events[0];
  if (first === undefined) return null;
  const data = JSON.parse(first.data) as { logId?: unknown };
  if (first.type !== LOG_CREATED || typeof data.logId !== 'string')
    throw new Error(`stream ${LOG_STREAM} does not begin with the log's id`);
  return data.logId;
}

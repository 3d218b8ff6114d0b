import { inTransaction, isConnectionLoss, sqlState } from '@touchline/postgres';
import type { Pool } from 'pg';
import { checkAppend } from '../check-append.js';
import { AppendOutcomeUnknown, EventStoreUnavailable, WrongExpectedRevision } from '../errors.js';
import type { StreamAppend } from '../port.js';
import { callAppend } from './append-call.js';

const QUERY_CANCELED = '57014';

/**
 * All or none, in one transaction: what a group of appends has besides, each its own verdict, would let later ones stand
 * where an earlier one does not.
 */
export async function appendInOrder(writer: Pool, appends: readonly StreamAppend[], timeoutMs: number): Promise<void> {
  for (const { stream, expected, events } of appends) checkAppend(stream, expected, events);
  if (appends.length === 0) return;
  const state = { sent: false };
  try {
    await inTransaction(writer, async (client) => {
      state.sent = true;
      for (const answer of await callAppend(client, appends, timeoutMs)) if (answer instanceof WrongExpectedRevision) throw answer;
    });
  } catch (cause) {
    if (!isConnectionLoss(cause) && sqlState(cause) !== QUERY_CANCELED) throw cause;
    if (state.sent) throw new AppendOutcomeUnknown(`the appends were not answered within ${timeoutMs} ms`, { cause });
    throw new EventStoreUnavailable('the event log cannot be reached; nothing was written', { cause });
  }
}

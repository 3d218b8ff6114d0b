import { EventStoreUnavailable } from '@touchline/event-store';
import { isConnectionLoss, sqlState } from '@touchline/postgres';

/** The event a projection could not take, for its operator. */
export interface FailedEvent {
  id: string;
  type: string;
  stream: string;
  position: string;
}

export type FailureCode = 'event.failed' | 'checkpoint.log-mismatch';

/** What happened, in one line without anything of the events. */
export const FAILURE_TEXT: Readonly<Record<FailureCode, string>> = {
  'event.failed': 'what events lead to could not be written, and no event is to blame',
  'checkpoint.log-mismatch': 'the log is not the one its rows were folded from',
};

/** Why a projection stands still until an operator acts, as the admin API shows it. Instants are ISO 8601 UTC. */
export interface Failure {
  code: FailureCode;
  event: FailedEvent | null;
  error: string;
  stack: string;
  failedAt: string;
}

/** A fold failed on this event; which may be an older one of the stream where its key was folded anew. */
export class EventFailure extends Error {
  override readonly name = 'EventFailure';
  constructor(
    readonly event: FailedEvent,
    override readonly cause: unknown,
  ) {
    super(`event ${event.id} (${event.type}) failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** What does not pass by itself: nothing goes on until an operator acts. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
  constructor(readonly failure: Failure) {
    super(`${failure.code}: ${failure.error}`);
  }
}

/** The checkpoint was moved by somebody else, or the lease is another's: what was worked out is thrown away. */
export class CheckpointLost extends Error {
  override readonly name = 'CheckpointLost';
}

const PASSING_SQL_STATES = new Set([
  '40001', // serialization failure
  '40P01', // deadlock
  '55P03', // lock not available
  '57014', // statement timeout
]);

/** True for what passes by itself: worth the same work again later, and no event's fault. */
export function isPassing(error: unknown): boolean {
  if (error instanceof CheckpointLost || error instanceof EventStoreUnavailable || isConnectionLoss(error)) return true;
  const state = sqlState(error);
  // Classes 53 and 58: out of disk, memory or connections; the system underneath failed.
  return state !== undefined && (PASSING_SQL_STATES.has(state) || state.startsWith('53') || state.startsWith('58'));
}

/**
 * The text of an error and where it arose. Of a view that opens personal fields only the kind of error is told: the
 * database quotes the value that it refuses.
 */
export function describeFault(error: unknown, personal: boolean): { error: string; stack: string } {
  const cause = error instanceof EventFailure ? error.cause : error;
  if (!(cause instanceof Error)) return { error: personal ? typeof cause : String(cause), stack: '' };
  const where = (cause.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const text = personal ? [cause.name, sqlState(cause)].filter(Boolean).join(' ') : `${cause.name}: ${cause.message}`;
  return { error: text, stack: where.join('\n') };
}

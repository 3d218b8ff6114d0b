import { convertToCommandError, ErrorType, isCommandError } from '@eventstore/db-client';
import { EventStoreUnavailable, LogDenied } from '../errors.js';

/** What a failed call allows to conclude. */
export type FailureReason =
  /** Nothing reached the server. */
  | 'not-sent'
  /** Sent, and no usable answer came: the deadline passed, the connection broke, the server gave up. */
  | 'interrupted'
  /** The node is not the leader and did nothing; the client has turned to the leader it named. */
  | 'not-leader'
  /** The server's own limit for an append is below ours. */
  | 'too-large'
  /** The server ended a subscription for want of room for what came at once; begun anew it reads on. */
  | 'too-slow'
  /** No record of the log begins at the given position. */
  | 'bad-position'
  /** The stream was deleted for good. */
  | 'deleted'
  /** The user may not, or nobody signed in. */
  | 'denied'
  /** Not at that revision. */
  | 'conflict'
  /** The server said no and will say so again. */
  | 'refused';

export class CallFailure extends Error {
  override readonly name = 'CallFailure';
  constructor(
    readonly reason: FailureReason,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * grpc-js reports these before a call is given to any connection, the server the last while it starts, and does nothing; every
 * other failure may have reached the log.
 */
const NEVER_SENT = ['No connection established', 'Name resolution failed', 'Channel closed before call started', 'Server Is Not Ready'];

const INVALID_ARGUMENT = 3;
const FINAL_CODES = new Set([
  INVALID_ARGUMENT,
  7 /* permission denied */,
  8 /* resource exhausted */,
  9 /* failed precondition */,
  12 /* unimplemented */,
]);

/** `sent`: whether the call had been handed to the client library when it failed. */
export function explain(error: unknown, server: string, sent: boolean): CallFailure {
  if (error instanceof CallFailure) return error;
  const raw = error instanceof Error ? error : new Error(String(error));
  const known = convertToCommandError(raw);
  const details = detailsOf(raw);
  return new CallFailure(reasonOf(known, details, sent), `EventStoreDB at ${server}: ${details}`, { cause: raw });
}

function reasonOf(error: Error, details: string, sent: boolean): FailureReason {
  if (!sent || NEVER_SENT.some((text) => details.includes(text))) return 'not-sent';
  if (/consumer too slow/i.test(details)) return 'too-slow';
  if (!isCommandError(error)) return 'interrupted';
  switch (error.type) {
    case ErrorType.NOT_LEADER:
      return 'not-leader';
    case ErrorType.MAXIMUM_APPEND_SIZE_EXCEEDED:
      return 'too-large';
    case ErrorType.STREAM_DELETED:
      return 'deleted';
    case ErrorType.ACCESS_DENIED:
      return 'denied';
    case ErrorType.WRONG_EXPECTED_VERSION:
      return 'conflict';
    case ErrorType.MISSING_REQUIRED_METADATA_PROPERTY:
      return 'refused';
    case ErrorType.UNKNOWN:
      // Newer servers answer with INVALID_ARGUMENT, older ones with an unexpected result of the read.
      if (/invalid position|ReadAllResult/i.test(details)) return 'bad-position';
      return error.code !== undefined && FINAL_CODES.has(error.code) ? 'refused' : 'interrupted';
    default:
      return 'interrupted';
  }
}

const detailsOf = (error: Error): string =>
  'details' in error && typeof error.details === 'string' && error.details !== '' ? error.details : error.message;

export const denied = (error: CallFailure): LogDenied =>
  new LogDenied(`${error.message}; see docs/eventstoredb.md for the rights of the user of EVENTSTORE_URL`, { cause: error });

/** The port's error for a read that failed. */
export function readError(error: unknown): Error {
  if (!(error instanceof CallFailure)) return error instanceof Error ? error : new Error(String(error));
  if (error.reason === 'denied') return denied(error);
  const unavailable = error.reason === 'not-sent' || error.reason === 'interrupted' || error.reason === 'not-leader';
  return unavailable ? new EventStoreUnavailable(error.message, { cause: error }) : error;
}

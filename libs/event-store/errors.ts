import type { ExpectedRevision } from './port.js';

/** The stream does not stand where the writer thought. `actual` is its last revision, or 'no-stream'. */
export class WrongExpectedRevision extends Error {
  override readonly name = 'WrongExpectedRevision';
  constructor(
    readonly stream: string,
    readonly expected: ExpectedRevision,
    readonly actual: ExpectedRevision,
  ) {
    super(`stream ${stream} is at ${String(actual)}, not at ${String(expected)}`);
  }
}

export class EventTooLarge extends Error {
  override readonly name = 'EventTooLarge';
  constructor(
    readonly bytes: number,
    readonly limit: number,
  ) {
    super(`the append has ${bytes} bytes, the limit is ${limit}`);
  }
}

/** Text that no log can hold: NUL, or half of a surrogate pair. */
export class InvalidEventText extends Error {
  override readonly name = 'InvalidEventText';
}

/** The server cannot be reached, or did not answer within the deadline of a read. Safe to try again. */
export class EventStoreUnavailable extends Error {
  override readonly name = 'EventStoreUnavailable';
}

/** The server knows the user of the address, and he may not, or does not know him. Trying again is in vain. */
export class LogDenied extends Error {
  override readonly name = 'LogDenied';
}

/** Events of a stream were hidden, cut off or deleted in the log's server: nothing may be decided on what is left. */
export class StreamDamaged extends Error {
  override readonly name = 'StreamDamaged';
  constructor(
    readonly stream: string,
    what: string,
  ) {
    super(`stream ${stream} of the event log is damaged: ${what}`);
  }
}

/** The log holds no event at the position a reader has come to, or another one: an older copy was put back, or it is another log (ADR 0001). */
export class PositionUnknown extends Error {
  override readonly name = 'PositionUnknown';
  constructor(readonly position: string) {
    super(`the log does not hold the event that was read at ${position}`);
  }
}

/** A write did not answer within its deadline; whether it landed is not known. Reload the stream to find out. */
export class AppendOutcomeUnknown extends Error {
  override readonly name = 'AppendOutcomeUnknown';
}

import { EventTooLarge, InvalidEventText } from '../errors.js';
import { type EventToAppend, type ExpectedRevision, MAX_APPEND_BYTES } from '../port.js';

/** What the log refuses without asking the server (D8, D9). @returns the append's size in bytes */
export function checkAppend(stream: string, expected: ExpectedRevision, events: readonly EventToAppend[]): number {
  if (events.length === 0) throw new RangeError('an append has at least one event');
  if (expected !== 'no-stream' && (!Number.isSafeInteger(expected) || expected < 0)) throw new RangeError(`not a revision: ${expected}`);
  let bytes = 0;
  checkText(stream, 'the name of the stream');
  for (const { id, type, data, metadata } of events) {
    checkText(type, `the type of event ${id}`);
    checkText(data, `the data of event ${id}`);
    checkText(metadata, `the metadata of event ${id}`);
    bytes += Buffer.byteLength(data) + Buffer.byteLength(metadata);
  }
  if (bytes > MAX_APPEND_BYTES) throw new EventTooLarge(bytes, MAX_APPEND_BYTES);
  return bytes;
}

function checkText(text: string, what: string): void {
  if (text.includes('\0') || !text.isWellFormed()) throw new InvalidEventText(`${what} holds NUL or half of a surrogate pair`);
}

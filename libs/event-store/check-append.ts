import { EventTooLarge, InvalidEventText } from './errors.js';
import { type EventToAppend, type ExpectedRevision, MAX_APPEND_BYTES } from './port.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * What every driver refuses without asking its server, so that no log takes what another would not (ADR 0001).
 * @returns the append's size in bytes
 */
export function checkAppend(
  stream: string,
  expected: ExpectedRevision,
  events: readonly EventToAppend[],
  limit = MAX_APPEND_BYTES,
): number {
  if (events.length === 0) throw new RangeError(`nothing to append to ${stream}`);
  if (expected !== 'no-stream' && (!Number.isSafeInteger(expected) || expected < 0)) throw new RangeError(`not a revision: ${expected}`);
  let bytes = 0;
  checkText(stream, 'the name of the stream');
  checkName(stream, 'stream');
  for (const { id, type, data, metadata } of events) {
    if (!UUID.test(id)) throw new RangeError(`"${id}" is not a UUID in lower case`);
    checkText(type, 'the type of event ', id);
    checkName(type, 'event type');
    checkText(data, 'the data of event ', id);
    checkText(metadata, 'the metadata of event ', id);
    bytes += Buffer.byteLength(data) + Buffer.byteLength(metadata);
  }
  if (bytes > limit) throw new EventTooLarge(bytes, limit);
  return bytes;
}

function checkText(text: string, what: string, of = ''): void {
  if (text.includes('\0') || !text.isWellFormed()) throw new InvalidEventText(`${what}${of} holds NUL or half of a surrogate pair`);
}

/** Names of EventStoreDB's own begin with "$"; an event under one would never be handed out. */
function checkName(name: string, what: string): void {
  if (name === '' || name.startsWith('$')) throw new RangeError(`not a name for a ${what}: "${name}"`);
}

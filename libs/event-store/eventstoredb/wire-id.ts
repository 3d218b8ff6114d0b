import { hash } from 'node:crypto';
import type { EventToAppend } from '../port.js';

// The server tells appends apart by their ids alone: of two that share them, the second is answered like the first, whatever
// its bytes (ADR 0029). So it is given ids that are made of the bytes too, and ours stands in front of the metadata.

/** Opens metadata that is an object; the id follows, then the object's own members. */
const MEMBER = '{"touchlineId":"';
/** Opens a wrapping of metadata that is anything else. */
const WRAPPING = '{"touchlineIdOf":"';
const WRAPPED = '","metadata":';
const UUID_LENGTH = 36;

/** The id by which the server knows these very bytes: a UUID of version 8, whose bits are a digest. */
export function wireIdOf({ id, type, data, metadata }: EventToAppend): string {
  // No text of an event holds NUL, so that none can reach into the next.
  const digest = hash('sha256', `${id}\0${type}\0${data}\0${metadata}`, 'hex');
  const variant = ((Number.parseInt(digest[16]!, 16) & 0x3) | 0x8).toString(16);
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-8${digest.slice(13, 16)}-${variant}${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
}

/** The metadata as the server keeps it, with our id in front. */
export function withId(id: string, metadata: string): string {
  if (metadata === '{}') return `${MEMBER}${id}"}`;
  if (metadata.startsWith('{') && metadata.endsWith('}')) return `${MEMBER}${id}",${metadata.slice(1)}`;
  return `${WRAPPING}${id}${WRAPPED}${metadata}}`;
}

/** Our id and the metadata as it was appended; what was recorded before ids were put there is left as it is. */
export function withoutId(wireId: string, kept: string): { id: string; metadata: string } {
  if (kept.startsWith(MEMBER)) {
    const end = MEMBER.length + UUID_LENGTH;
    const rest = kept.slice(end + 1);
    return { id: kept.slice(MEMBER.length, end), metadata: rest === '}' ? '{}' : `{${rest.slice(1)}` };
  }
  if (kept.startsWith(WRAPPING)) {
    const end = WRAPPING.length + UUID_LENGTH;
    return { id: kept.slice(WRAPPING.length, end), metadata: kept.slice(end + WRAPPED.length, -1) };
  }
  return { id: wireId, metadata: kept };
}

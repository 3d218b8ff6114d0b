import type { LogRecord } from './transaction-log.js';

/** What a soft delete sets as the first revision that is left: none ever. */
export const NONE_LEFT = '9223372036854775807';
export const TOMBSTONE = '$streamDeleted';

/** What the server shows of a stream: its metadata stream says what is hidden, and a tombstone that it is gone for good. */
export type ResponseProperty = { kind: 'there'; from: number } | { kind: 'soft-deleted' } | { kind: 'tombstoned' };

export function shownOf(records: readonly LogRecord[], metadata: string | undefined): ResponseProperty {
  if (records.at(-1)?.type === TOMBSTONE) return { kind: 'tombstoned' };
  if (metadata === undefined) return { kind: 'there', from: 0 };
  const before = /"\$tb":(\d+)/.exec(metadata)?.[1];
  if (before === NONE_LEFT) return { kind: 'soft-deleted' };
  const most = /"\$maxCount":(\d+)/.exec(metadata)?.[1];
  return { kind: 'there', from: Math.max(0, Number(before ?? 0), most === undefined ? 0 : records.length - Number(most)) };
}

// The store behind takes no names like those of the server; they are kept there with their signs escaped.

export const escaped = (name: string): string => name.replace(/^\$+/, (signs) => '%24'.repeat(signs.length));
export const unescaped = (name: string): string => name.replace(/^(%24)+/, (signs) => '$'.repeat(signs.length / 3));

import type { StoredEvent, StreamDamage } from '../port.js';

/** Metadata that the server acts on by hiding events of the stream, and at its next scavenge by taking them away. */
const HIDING = ['$tb', '$maxCount', '$maxAge'] as const;

/**
 * What a record of the server's own does to a stream of ours: its metadata may hide events or delete all of them, a tombstone
 * ends it. `how` is null where the metadata hides nothing (any more); null where the record does nothing of the kind.
 */
export function damageBy({ stream, type, data, position }: StoredEvent): StreamDamage | null {
  if (type === '$streamDeleted' && !stream.startsWith('$')) return { stream, position, how: 'it was deleted for good' };
  if (type !== '$metadata' || !stream.startsWith('$$') || stream.startsWith('$$$')) return null;
  return { stream: stream.slice(2), position, how: hiddenBy(data) };
}

/** In words; null where nothing is hidden. The numbers may be beyond what JSON.parse can hold, and are not needed. */
export function hiddenBy(metadata: string): string | null {
  const named = HIDING.filter((name) => new RegExp(`"\\${name}"\\s*:\\s*[1-9]`).test(metadata));
  return named.length === 0 ? null : `its metadata hides events (${named.join(', ')})`;
}

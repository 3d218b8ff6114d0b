import type { RecordedEvent } from '@touchline/core';
import { standingEvents } from './fold.js';
import type { FoldedRow } from './fold.js';
import { REFOLD, beginsWith } from './incremental-fold.js';
import type { IncrementalFold } from './incremental-fold.js';
import { skipOf } from './skip.events.js';

/** Where a batch gets what it does not hold itself. */
export interface BatchSources<Row extends object> {
  /** Rows as they stand at the checkpoint. */
  rows(keys: readonly string[]): Promise<Map<string, FoldedRow<Row>>>;
  /** A stream up to the end of the batch, without skipped events, personal fields opened where the view needs them. */
  stream(name: string): Promise<RecordedEvent[]>;
  /** The same events with personal fields opened where the view needs them. */
  open(events: readonly RecordedEvent[]): Promise<RecordedEvent[]>;
  /** A skipped event, where this release can read it. */
  skipped(stream: string, id: string): Promise<RecordedEvent | null>;
}

/** What to fold anew from a stream: keys, and all keys that certain events ever touched. */
interface Refold {
  keys: Set<string>;
  corrections: Set<string>;
}

/**
 * The rows a batch leads to; null where the row goes. Keys of which one event more is not the next have their stream
 * read, once for all of them (ADR 0009). `reader`: whose skips count.
 */
export async function foldBatch<Row extends object>(
  fold: IncrementalFold<Row>,
  reader: string,
  events: readonly RecordedEvent[],
  sources: BatchSources<Row>,
): Promise<Map<string, FoldedRow<Row> | null>> {
  const refolds = new Map<string, Refold>();
  const refold = (stream: string): Refold => {
    const known = refolds.get(stream) ?? { keys: new Set(), corrections: new Set() };
    refolds.set(stream, known);
    return known;
  };
  const touching: { event: RecordedEvent; keys: string[] }[] = [];
  for (const event of events) {
    const skip = skipOf(event, reader);
    if (skip !== null) {
      const skipped = await sources.skipped(skip.stream, skip.eventId);
      for (const key of keysIfAny(fold, skipped)) refold(skip.stream).keys.add(key);
    }
    if (event.meta.corrects !== undefined) refold(event.stream).corrections.add(event.id);
    else {
      const keys = fold.keysOf(event);
      if (keys.length > 0) touching.push({ event, keys });
    }
  }

  // Of a key that begins here there is no row to read.
  const asked = new Map<string, boolean>();
  for (const { event, keys } of touching) for (const key of keys) if (!asked.has(key)) asked.set(key, !beginsWith(event, key));
  const known = await sources.rows([...asked].flatMap(([key, isAsked]) => (isAsked ? [key] : [])));
  const rows: Map<string, FoldedRow<Row> | null> = new Map(known);
  const changed = new Map<string, FoldedRow<Row> | null>();
  const opened = await sources.open(touching.map(({ event }) => event));
  for (const [index, event] of opened.entries()) {
    for (const key of touching[index]!.keys) {
      if (refolds.get(event.stream)?.keys.has(key)) continue;
      const after = fold.foldOn(rows.get(key) ?? null, event, key);
      if (after === REFOLD) {
        refold(event.stream).keys.add(key);
        continue;
      }
      rows.set(key, after);
      changed.set(key, after);
    }
  }

  for (const [stream, { keys, corrections }] of refolds) {
    const standing = standingEvents(await sources.stream(stream));
    const corrected = standing.filter(({ versions }) => versions.some(({ id }) => corrections.has(id)));
    for (const key of corrected.flatMap((event) => fold.keysEver(event))) keys.add(key);
    for (const [key, row] of fold.refold(standing, keys)) changed.set(key, row);
  }
  return changed;
}

/** Keys of an event that may well have failed on exactly this question, and then touched nothing. */
export function keysIfAny<Row extends object>(fold: IncrementalFold<Row>, event: RecordedEvent | null): string[] {
  try {
    return event === null ? [] : fold.keysOf(event);
  } catch {
    return [];
  }
}

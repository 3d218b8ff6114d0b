import type { Position, Projection, RecordedEvent } from '@touchline/core';
import { applyCorrections, byOccurrence } from '@touchline/core';
import { EventFailure } from './failures.js';

/** A row, and the place in its key's order of events that it is folded to (ADR 0009). */
export interface FoldedRow<Row extends object = object> {
  row: Row;
  foldedAt: string;
  foldedPosition: Position;
}

/** An event as it counts now; `versions` are the original and its corrections, empty where there is none. */
export interface StandingEvent {
  event: RecordedEvent;
  versions: readonly RecordedEvent[];
}

/** A stream's events by occurrence, corrected ones replaced. */
export function standingEvents(events: readonly RecordedEvent[]): StandingEvent[] {
  const versions = new Map<string, RecordedEvent[]>();
  const originalOf = new Map<string, string>();
  const byId = new Map(events.map((event) => [event.id, event]));
  for (const event of events) {
    if (event.meta.corrects === undefined) continue;
    const originalId = originalOf.get(event.meta.corrects) ?? event.meta.corrects;
    originalOf.set(event.id, originalId);
    const original = byId.get(originalId);
    const known = versions.get(originalId);
    if (known !== undefined) known.push(event);
    else if (original !== undefined) versions.set(originalId, [original, event]);
  }
  return applyCorrections(events)
    .sort(byOccurrence)
    .map((event) => ({ event, versions: versions.get(event.id) ?? [] }));
}

/** Every key an event ever touched, in any of its versions. */
export function keysEverTouched<Row extends object>(projection: Projection<Row>, { event, versions }: StandingEvent): string[] {
  const asOriginal = versions.map(({ type, data, meta }) => ({ ...event, type, data, meta }));
  return [...new Set([event, ...asOriginal].flatMap((version) => keysOf(projection, version)))];
}

/** The row of a key from all the events of its stream; null for no row. */
export function foldKey<Row extends object>(
  projection: Projection<Row>,
  standing: readonly StandingEvent[],
  key: string,
): FoldedRow<Row> | null {
  let row: Row | null = null;
  let last: RecordedEvent | undefined;
  for (const { event, versions } of standing) {
    if (!keysOf(projection, event).includes(key)) continue;
    row = evolve(projection, row, event, key, versions);
    last = event;
  }
  return row === null || last === undefined ? null : { row, foldedAt: last.meta.occurredAt, foldedPosition: last.position };
}

export function keysOf<Row extends object>(projection: Projection<Row>, event: RecordedEvent): string[] {
  return blaming(event, () => projection.keys(event));
}

/** One step of the fold. @throws EventFailure naming the event the projection could not take */
export function evolve<Row extends object>(
  projection: Projection<Row>,
  row: Row | null,
  event: RecordedEvent,
  key: string,
  versions: readonly RecordedEvent[] = [],
): Row | null {
  return blaming(event, () => projection.evolve(row, event, key, versions));
}

function blaming<T>(event: RecordedEvent, fn: () => T): T {
  try {
    return fn();
  } catch (error) {
    throw new EventFailure(event, error);
  }
}

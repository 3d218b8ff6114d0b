import type { Position, RecordedEvent } from '@touchline/core';
import { applyCorrections, byOccurrence } from '@touchline/core';

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

import type { RecordedEvent } from './event.js';

/**
 * Puts every correction in the place of the event it names, the last one winning; a correction of a correction
 * replaces the original too (domain §2.2, ADR 0009). The order of the rest is kept.
 * A correction keeps the corrected event's id and revision, so that whoever names the original still finds it.
 */
export function applyCorrections(events: readonly RecordedEvent[]): RecordedEvent[] {
  if (!events.some((event) => event.meta.corrects !== undefined)) return [...events];
  const originalOf = new Map<string, string>();
  const latest = new Map<string, RecordedEvent>();
  for (const event of events) {
    const named = event.meta.corrects;
    if (named === undefined) continue;
    const original = originalOf.get(named) ?? named;
    originalOf.set(event.id, original);
    latest.set(original, event);
  }
  return events
    .filter((event) => event.meta.corrects === undefined)
    .map((event) => {
      const correction = latest.get(event.id);
      return correction === undefined
        ? event
        : { ...event, type: correction.type, data: correction.data, meta: { ...correction.meta, recordedAt: event.meta.recordedAt } };
    });
}

/** A view's order of events: by when they happened, then by when the log took them (ADR 0009). */
export const byOccurrence = (a: RecordedEvent, b: RecordedEvent): number =>
  a.meta.occurredAt < b.meta.occurredAt
    ? -1
    : a.meta.occurredAt > b.meta.occurredAt
      ? 1
      : a.position < b.position
        ? -1
        : a.position > b.position
          ? 1
          : 0;

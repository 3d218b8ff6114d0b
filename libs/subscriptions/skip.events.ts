import type { EventDefinition, JsonObject, RecordedEvent } from '@touchline/core';
import { defineEvent } from '@touchline/core';

// Category `projection`, one stream per projection and tenant of the skipped event. Stored shapes: never edit, only upcast.

export interface EventSkipped extends JsonObject {
  projection: string;
  /** The event that is left out, and the stream it stands in. */
  eventId: string;
  stream: string;
  reason: string;
}

export interface SkipEvent {
  type: 'event-skipped';
  data: EventSkipped;
}

export const projectionEvents: EventDefinition[] = [defineEvent({ type: 'event-skipped', version: 1, touchpoint: false })];

/** What an event says this projection shall leave out; null where it says nothing of the kind. */
export function skipOf(event: RecordedEvent, projection: string): EventSkipped | null {
  if (event.type !== 'event-skipped') return null;
  const { data } = event as RecordedEvent<SkipEvent>;
  return data.projection === projection ? data : null;
}

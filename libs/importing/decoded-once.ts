import type { RecordedEvent } from '@touchline/core';
import type { StoredEvent } from '@touchline/event-store';
import { EventRegistry } from '@touchline/event-store';

/**
 * Remembers what it made of an event for as long as the event itself is held: every fact of a case is decided on all that
 * were before it, which a held back log hands out again and again.
 */
export class DecodedOnce extends EventRegistry {
  private readonly decoded = new WeakMap<StoredEvent, RecordedEvent>();

  constructor(registry: EventRegistry) {
    super(registry.all());
  }

  override decode(stored: StoredEvent): RecordedEvent {
    const known = this.decoded.get(stored) ?? super.decode(stored);
    this.decoded.set(stored, known);
    return known;
  }
}

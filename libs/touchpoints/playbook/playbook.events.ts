import type { EventDefinition, JsonObject } from '@touchline/core';
import { defineEvent } from '@touchline/core';

// Category and stream: `playbook`, one stream per playbook of a group (domain §2.3). Stored shapes: never edit, only upcast.

export interface PlaybookPublished extends JsonObject {
  version: number;
  /** The whole playbook as checked at the edge. */
  definition: JsonObject;
}

export type PlaybookEvent = { type: 'playbook-published'; data: PlaybookPublished };

export const playbookEvents: EventDefinition[] = [defineEvent({ type: 'playbook-published', version: 1, touchpoint: false })];

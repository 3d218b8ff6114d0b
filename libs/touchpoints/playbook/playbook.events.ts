import type { EventDefinition, JsonObject, RecordedEvent } from '@touchline/core';
import { defineEvent } from '@touchline/core';
import type { Playbook } from '@touchline/playbooks';

// Category and stream: `playbook`, one stream per playbook of a group (domain §2.3). Stored shapes: never edit, only upcast.

export interface PlaybookPublished extends JsonObject {
  version: number;
  /** The whole playbook as checked at the edge. */
  definition: JsonObject;
}

export type PlaybookEvent = { type: 'playbook-published'; data: PlaybookPublished };

export const playbookEvents: EventDefinition[] = [defineEvent({ type: 'playbook-published', version: 1, touchpoint: false })];

/** Every version published, first to last. */
export type PublishedVersions = readonly Playbook[];

export function evolvePublished(versions: PublishedVersions, event: RecordedEvent): PublishedVersions {
  if (event.type !== 'playbook-published') return versions;
  // Its form was checked before it was recorded.
  return [...versions, (event.data as PlaybookPublished).definition as unknown as Playbook];
}

import type { Fold, RecordedEvent } from '@touchline/core';
import type { Playbook } from '@touchline/playbooks';
import type { PlaybookPublished } from './playbook.events.js';

/** Every version published, first to last. */
export type PublishedVersions = readonly Playbook[];

export function evolvePublished(versions: PublishedVersions, event: RecordedEvent): PublishedVersions {
  if (event.type !== 'playbook-published') return versions;
  // Its form was checked before it was recorded.
  return [...versions, (event.data as PlaybookPublished).definition as unknown as Playbook];
}

export const publishedFold: Fold<PublishedVersions> = { name: 'published', initial: [], evolve: evolvePublished };

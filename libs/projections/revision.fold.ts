import type { RecordedEvent } from '@touchline/core';

/** The newest revision of a row's stream once it is folded to this event: events come by occurrence, corrections within what they correct. */
export const revisionOf = (row: { revision: number } | null, event: RecordedEvent, versions: readonly RecordedEvent[]): number =>
  [event, ...versions].reduce((newest, { revision }) => Math.max(newest, revision), row?.revision ?? 0);

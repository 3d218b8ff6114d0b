import type { Position, Projection, RecordedEvent } from '@touchline/core';
import type { EventRegistry } from '@touchline/event-store';
import type { FoldedRow, StandingEvent } from '@touchline/subscriptions';
import { IncrementalFold, standingEvents } from '@touchline/subscriptions';

/** The two times of a question (ADR 0016): what had happened by then, of what was known by then. What is absent cuts nothing. */
export interface Moment {
  /** Cuts on when it happened. Instants are ISO 8601 UTC with milliseconds; both include what falls on them. */
  happenedBy?: string;
  /** Cuts on when it was recorded. */
  knownBy?: string;
  /** Cuts at a place in the log: exact, whatever the clocks said. */
  upTo?: Position;
}

/** Whether an event says who it was all along, and so counts from the first of its stream. */
export type IsTie = (event: Pick<RecordedEvent, 'type'>) => boolean;

/** As the definitions of events say it. */
export const tiesOf =
  (registry: Pick<EventRegistry, 'get'>): IsTie =>
  ({ type }) =>
    registry.get(type).ties === true;

export const isKnown = (event: Pick<RecordedEvent, 'position' | 'meta'>, { knownBy, upTo }: Moment): boolean =>
  (upTo === undefined || event.position <= upTo) && (knownBy === undefined || event.meta.recordedAt <= knownBy);

/** An event as it stands, and the instant from which it counts. */
export interface Counting extends StandingEvent {
  from: string;
}

/**
 * From when each standing event of a stream counts: a correction has replaced what it names, which counts from when it now
 * is said to have happened; a tie from the first event of what it ties; all else, rulings and reassignments among it, from
 * when it was done (ADR 0016).
 */
export function counting(standing: readonly StandingEvent[], isTie: IsTie): Counting[] {
  const from = countsFrom(standing, isTie);
  return standing.map((each) => ({ ...each, from: from(each) }));
}

function countsFrom(standing: readonly StandingEvent[], isTie: IsTie): (each: StandingEvent) => string {
  const first = standing.find(({ event }) => !isTie(event))?.event;
  return ({ event }) => ((isTie(event) ? first : undefined) ?? event).meta.occurredAt;
}

/** A stream's events as they counted at a moment, by occurrence. */
export function standingAsOf(events: readonly RecordedEvent[], moment: Moment, isTie: IsTie): StandingEvent[] {
  const standing = standingEvents(events.filter((event) => isKnown(event, moment)));
  const { happenedBy } = moment;
  if (happenedBy === undefined) return standing;
  const from = countsFrom(standing, isTie);
  return standing.filter((each) => from(each) <= happenedBy);
}

/** The rows of one view by key that a stream's standing events lead to; all events of a key are in one stream (ADR 0009). */
export function rowsOf<Row extends object>(projection: Projection<Row>, standing: readonly StandingEvent[]): Map<string, FoldedRow<Row>> {
  const rows = new Map<string, FoldedRow<Row>>();
  for (const [key, row] of new IncrementalFold(projection).refold(standing)) if (row !== null) rows.set(key, row);
  return rows;
}

/** Every event that counted, each with the corrections that were known of it, as recorded. */
export const eventsBehind = (standing: readonly StandingEvent[]): RecordedEvent[] =>
  standing.flatMap(({ event, versions }) => (versions.length > 0 ? versions : [event]));

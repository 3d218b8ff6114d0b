import type { Position } from '@touchline/core';
import type { StoredEvent, StreamDamage } from '@touchline/event-store';

/** How a log can fail to be what was recorded. */
export type FaultKind =
  /** The event's text is not what its hash was made over. */
  | 'event-altered'
  /** Events that stood before this one are gone. */
  | 'event-missing'
  /** The event stands elsewhere than it was recorded. */
  | 'event-out-of-order'
  /** The event agrees with itself, but another was recorded in its place. */
  | 'event-rewritten'
  /** The event was never recorded here. */
  | 'event-inserted'
  /** The stream's last events are gone. */
  | 'stream-cut'
  | 'stream-missing'
  /** Events of the stream are hidden in the log's server, or all were deleted there; its next scavenge takes them away. */
  | 'stream-hidden'
  | 'stream-rewritten'
  /** The log's last events are gone. */
  | 'log-cut'
  /** A signed head does not agree with the log. */
  | 'head-differs'
  /** A head that this platform is said to have signed was not. */
  | 'head-forged'
  /** The log holds, but what the platform noted of it was changed. */
  | 'witness-differs';

/** What does not hold, and where; what is not known of the place is null. */
export interface Fault {
  kind: FaultKind;
  /** Place in the log, from 0. */
  index: number | null;
  position: Position | null;
  stream: string | null;
  revision: number | null;
  eventId: string | null;
  type: string | null;
  detail: string;
}

/** Where an event stands. */
export type Place = Pick<Fault, 'index' | 'position' | 'stream' | 'revision' | 'eventId' | 'type'>;

export const NOWHERE: Place = { index: null, position: null, stream: null, revision: null, eventId: null, type: null };

export const placeOf = (index: number, { position, stream, revision, id, type }: StoredEvent): Place => ({
  index,
  position,
  stream,
  revision,
  eventId: id,
  type,
});

/** Streams of which the log's server hides events, in the order in which that was done. */
export class HiddenStreams {
  private readonly byStream = new Map<string, StreamDamage>();

  readonly see = (damage: StreamDamage): void => {
    this.byStream.delete(damage.stream);
    if (damage.how !== null) this.byStream.set(damage.stream, damage);
  };

  get faults(): Fault[] {
    return [...this.byStream.values()].map(({ stream, position, how }) => ({
      ...NOWHERE,
      ...{ kind: 'stream-hidden', stream, position, detail: `events of ${stream} are hidden or deleted: ${how ?? ''}` },
    }));
  }
}

/** What was read of the log is not what was recorded; nothing is signed over it. */
export class LogBroken extends Error {
  override readonly name = 'LogBroken';
  constructor(readonly fault: Fault) {
    super(`${fault.kind}: ${fault.detail}`);
  }
}

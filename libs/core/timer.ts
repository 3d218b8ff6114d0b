import type { RecordedEvent } from './event.js';
import type { JsonObject } from './json.js';

/** A timer that is open: what the events of its stream come to (ADR 0049). Instants are ISO 8601 UTC with milliseconds. */
export interface Timer {
  /** `kind:stream`, and `#` with which of them where a stream has several of the kind. */
  key: string;
  tenant: string;
  kind: string;
  stream: string;
  dueAt: string;
  /** Id of the event that says so. */
  cause: string;
}

/** When a timer is due by an event; null where it is open no more. Pure. */
export type DueBy = (event: RecordedEvent) => string | null;

/** A kind of timer: which events open, move and close it, by their types, and what is sent once it is due. */
export interface TimerDefinition {
  kind: string;
  /** Sets it, be one open or not. */
  opens: Readonly<Record<string, DueBy>>;
  /** Sets one that is open; where none is, nothing comes of it. */
  moves?: Readonly<Record<string, DueBy>>;
  closes: readonly string[];
  /** Which of its stream's timers of this kind an event is about, where there may be several. */
  which?: (event: RecordedEvent) => string;
  /** The command, by its name, which decides again on what its stream holds by then. */
  fires: { command: string; input: (timer: Timer) => JsonObject };
}

/** @throws where its kind would not be told from the rest of a key */
export function defineTimer(definition: TimerDefinition): TimerDefinition {
  if (!/^[a-z]+(-[a-z]+)*$/.test(definition.kind)) throw new Error(`${definition.kind} is no kind of timer`);
  return definition;
}

/** Of timers: how many are fired side by side. Raised with the version of the rows, since they name their shard. */
export const TIMER_SHARDS = 16;

/** The shard of all timers of a stream: FNV-1a of its name's UTF-16 units. */
export function timerShard(stream: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < stream.length; index += 1) hash = Math.imul(hash ^ stream.charCodeAt(index), 0x01000193);
  return (hash >>> 0) % TIMER_SHARDS;
}

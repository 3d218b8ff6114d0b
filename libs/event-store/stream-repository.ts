import type { Fold, Position, RecordedEvent } from '@touchline/core';
import type { EventRegistry } from './event-codec.js';
import type { FoldedStream, StreamState } from './stream-state.js';
import { LoadedStream } from './stream-state.js';
import type { EventStore, EventToAppend } from './port.js';

/** What a decision stands on beside the last event of its stream. */
export interface Needs {
  folds: readonly Pick<Fold<unknown>, 'name'>[];
  /** Single events: one that is corrected, or what came since a revision. */
  events: boolean;
}

/** Events of one command, sealed and chained to the state they were decided on. */
export interface ToAppend {
  toAppend: readonly EventToAppend[];
  /** The same, as they will be read. */
  recorded: readonly Omit<RecordedEvent, 'position'>[];
}

export interface Appended {
  /** Of the last of them. */
  revision: number;
  position: Position;
  /** All bear the position of the last. */
  events: RecordedEvent[];
}

/**
 * The streams of one log, as commands work on them: load, decide, append. This one reads each stream from its beginning whenever it is
 * asked for; others hold what was read, or what one unit of work did.
 */
export class StreamRepository {
  constructor(
    readonly store: EventStore,
    protected readonly registry: EventRegistry,
  ) {}

  /** Every event, upcast, in recorded order; personal fields sealed. */
  async events(stream: string): Promise<RecordedEvent[]> {
    return this.further(stream, []);
  }

  /**
   * As this process left the stream, where that holds what a decision needs. Others may have written since: what is decided on it
   * stands only once it is appended, and nobody is refused or answered from it.
   */
  held(_stream: string, _needs: Needs): FoldedStream | null {
    return null;
  }

  async load(stream: string): Promise<LoadedStream> {
    return new LoadedStream(await this.events(stream));
  }

  /** Behind the last event of the state. @throws WrongExpectedRevision | AppendOutcomeUnknown */
  async append(stream: string, { last }: StreamState, { toAppend, recorded }: ToAppend): Promise<Appended> {
    const { revision, position } = await this.store.append(stream, last?.revision ?? 'no-stream', toAppend);
    return { revision, position, events: recorded.map((event) => ({ position, ...event })) };
  }

  /** What is held of a stream is not as the log has it; `read`: though it was read for this very try. */
  forget(_stream: string, _read: boolean): void {
    // Nothing is held.
  }

  protected async further(stream: string, events: RecordedEvent[]): Promise<RecordedEvent[]> {
    for await (const stored of this.store.readStream(stream, { from: events.length })) events.push(this.registry.decode(stored));
    return events;
  }
}

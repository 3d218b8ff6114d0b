import type { Position } from '@touchline/core';
import { asPosition } from '@touchline/core';
import type { AppendResult, EventStore, EventToAppend, ExpectedRevision, ReadStreamOptions, StoredEvent } from '@touchline/event-store';
import { EventStoreDecorator, WrongExpectedRevision } from '@touchline/event-store';

/** Sorts after every position of a log, so that what is held back counts as newer than all that is there. */
const HELD = '~';

interface HeldStream {
  /** As the log had it when it was first read; whatever others add since makes the flush fail. */
  before: StoredEvent[];
  added: (StoredEvent & EventToAppend)[];
}

/**
 * A log with appends held back in memory over it; whoever reads through it sees both. Facts of one journey are decided
 * one after another and written in one append; in a dry run nothing is ever written.
 */
export class BufferedEventStore extends EventStoreDecorator {
  private readonly streams = new Map<string, HeldStream>();
  private count = 0;
  private bytes = 0;

  /** `holds` says which streams are held back; appends to others go through at once. */
  constructor(
    log: EventStore,
    private readonly holds: (stream: string) => boolean = () => true,
  ) {
    super(log);
  }

  /** UTF-8 bytes that wait, about. */
  get heldBytes(): number {
    return this.bytes;
  }

  override async append(stream: string, expected: ExpectedRevision, events: readonly EventToAppend[]): Promise<AppendResult> {
    if (!this.holds(stream)) return this.log.append(stream, expected, events);
    const held = await this.held(stream);
    const last = held.added.at(-1) ?? held.before.at(-1);
    const actual = last?.revision ?? 'no-stream';
    if (actual !== expected) throw new WrongExpectedRevision(stream, expected, actual);
    let revision = last?.revision ?? -1;
    let position = asPosition('');
    for (const event of events) {
      revision += 1;
      position = asPosition(HELD + String((this.count += 1)).padStart(16, '0'));
      held.added.push({ stream, revision, position, ...event });
      this.bytes += event.data.length + event.metadata.length;
    }
    return { revision, position };
  }

  override async *readStream(stream: string, options: ReadStreamOptions = {}): AsyncGenerator<StoredEvent> {
    if (!this.holds(stream)) {
      yield* this.log.readStream(stream, options);
      return;
    }
    const { before, added } = await this.held(stream);
    const { from, direction = 'forwards', limit = Infinity } = options;
    const forwards = direction === 'forwards';
    const all = [...before, ...added].filter(({ revision }) => from === undefined || (forwards ? revision >= from : revision <= from));
    // Not yield*, which would wait for each event of the array once more.
    for (const event of (forwards ? all : all.reverse()).slice(0, limit)) yield event;
  }

  /** Reads a stream that will be needed. */
  async read(stream: string): Promise<void> {
    if (this.holds(stream)) await this.held(stream);
  }

  /**
   * Writes what was held back, a stream at a time; answers with the last event written, null where there was none.
   * @throws WrongExpectedRevision where somebody else wrote meanwhile: `forget`, and decide anew
   */
  async flush(): Promise<{ position: Position; eventId: string } | null> {
    let last: { position: Position; eventId: string } | null = null;
    for (const [stream, { before, added }] of this.streams) {
      const events = added.map(({ id, type, data, metadata }) => ({ id, type, data, metadata }));
      const newest = events.at(-1);
      if (newest !== undefined) {
        const { position } = await this.log.append(stream, before.at(-1)?.revision ?? 'no-stream', events);
        last = { position, eventId: newest.id };
      }
      this.streams.delete(stream);
    }
    this.bytes = 0;
    return last;
  }

  /** Lets go of what was held back, and of what was read. */
  forget(): void {
    this.streams.clear();
    this.bytes = 0;
  }

  /** The log stays open: it belongs to whoever opened it. */
  override close(): Promise<void> {
    this.forget();
    return Promise.resolve();
  }

  private async held(stream: string): Promise<HeldStream> {
    const known = this.streams.get(stream);
    if (known !== undefined) return known;
    const before: StoredEvent[] = [];
    for await (const event of this.log.readStream(stream)) before.push(event);
    // Somebody may have asked meanwhile; theirs may hold appends by now.
    const held = this.streams.get(stream) ?? { before, added: [] };
    this.streams.set(stream, held);
    return held;
  }
}

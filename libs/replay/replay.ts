import type { Projection, RecordedEvent } from '@touchline/core';
import type { EventRegistry, EventStore, StoredEvent } from '@touchline/event-store';
import type { FoldedRow, StandingEvent } from '@touchline/subscriptions';
import { Skips, decode } from '@touchline/subscriptions';
import type { Moment } from './as-of.js';
import { eventsBehind, rowsOf, standingAsOf, tiesOf } from './as-of.js';

export interface ReplayDeps {
  store: EventStore;
  registry: EventRegistry;
}

/** Streams read at once: as many connections as the log's driver keeps for readers. */
const AT_ONCE = 4;

/** Folds streams anew as they stood at one moment, with the folds of the live views; events that a view skips stay out. */
export class Replay {
  private readonly skips = new Map<string, Skips>();

  constructor(
    private readonly deps: ReplayDeps,
    readonly moment: Moment,
    /** Ends the reading, with its reason. */
    private readonly signal?: AbortSignal,
  ) {}

  /**
   * Reads each stream once, whatever the number of views.
   * @throws EventFailure where a view cannot take an event, for which its stream is set aside live
   */
  async of(views: readonly Projection[], streams: readonly string[]): Promise<Replayed> {
    const replayed = new Replayed();
    await this.each(streams, async (name) => {
      const decoded = new Map<string, RecordedEvent>();
      // What the views skip is looked up beside the stream, and not after it.
      const [stored, ...skipped] = await Promise.all([this.known(name), ...views.map((view) => this.skipsOf(view).of(name))]);
      for (const [index, view] of views.entries())
        replayed.add(view, name, standingAsOf(this.decode(stored, skipped[index]!, decoded), this.moment, tiesOf(this.deps.registry)));
    });
    return replayed;
  }

  /** The events of each stream as one view takes them, as recorded, up to the moment's place in the log. */
  async histories(view: Projection, streams: readonly string[]): Promise<RecordedEvent[][]> {
    const histories: RecordedEvent[][] = [];
    await this.each(streams, async (name) => {
      const [stored, skipped] = await Promise.all([this.known(name), this.skipsOf(view).of(name)]);
      histories.push(this.decode(stored, skipped));
    });
    return histories;
  }

  private async each(streams: readonly string[], work: (name: string) => Promise<void>): Promise<void> {
    const left = streams.values();
    const worker = async (): Promise<void> => {
      for (const name of left) {
        this.signal?.throwIfAborted();
        await work(name);
      }
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, streams.length) }, worker));
  }

  private async known(stream: string): Promise<StoredEvent[]> {
    const events: StoredEvent[] = [];
    const { upTo } = this.moment;
    for await (const event of this.deps.store.readStream(stream)) {
      this.signal?.throwIfAborted();
      if (upTo !== undefined && event.position > upTo) break;
      events.push(event);
    }
    return events;
  }

  private skipsOf({ name }: Projection): Skips {
    const known = this.skips.get(name) ?? new Skips(this.deps.store, this.deps.registry, name);
    this.skips.set(name, known);
    return known;
  }

  /** A skipped event may be one that cannot even be read. */
  private decode(
    stored: readonly StoredEvent[],
    skipped: ReadonlySet<string>,
    decoded = new Map<string, RecordedEvent>(),
  ): RecordedEvent[] {
    return stored
      .filter(({ id }) => !skipped.has(id))
      .map((each) => {
        const event = decoded.get(each.id) ?? decode(this.deps.registry, each);
        decoded.set(each.id, event);
        return event;
      });
  }
}

/** Rows of some views, and the events they stand on. */
export class Replayed {
  private readonly folded = new Map<string, FoldedRow[]>();
  private readonly standing = new Map<string, RecordedEvent[]>();

  add(view: Projection, stream: string, standing: readonly StandingEvent[]): void {
    const rows = this.folded.get(view.name) ?? [];
    for (const row of rowsOf(view, standing).values()) rows.push(row);
    this.folded.set(view.name, rows);
    if (!this.standing.has(stream)) this.standing.set(stream, eventsBehind(standing));
  }

  rows<Row extends object>(view: Projection<Row>): FoldedRow<Row>[] {
    return (this.folded.get(view.name) ?? []) as FoldedRow<Row>[];
  }

  /** Of these streams, or of all, in the order of the log. */
  events(streams: Iterable<string> = this.standing.keys()): RecordedEvent[] {
    return [...streams].flatMap((stream) => this.standing.get(stream) ?? []).sort((a, b) => (a.position < b.position ? -1 : 1));
  }
}

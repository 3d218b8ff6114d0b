import type { Pool } from 'pg';
import type { Position, Projection, RecordedEvent } from '@touchline/core';
import type { EventRegistry, EventStore, StoredEvent } from '@touchline/event-store';
import { inTransaction } from '@touchline/postgres';
import type { Target } from './builds.js';
import type { Checkpoint, Checkpoints, RunState } from './checkpoints.js';
import { EventFailure, isPassing } from './failures.js';
import type { FoldedRow } from './fold.js';
import { foldBatch } from './fold-batch.js';
import type { Lease } from './leases.js';
import { RecentRows } from './recent-rows.js';
import { RowStore } from './row-store.js';
import { Skips } from './skips.js';

/** Opens sealed fields; erased ones read as such (D12). */
export type OpenEvents = (events: readonly RecordedEvent[]) => Promise<RecordedEvent[]>;

export interface ApplyDeps {
  pool: Pool;
  store: EventStore;
  registry: EventRegistry;
  open: OpenEvents;
  checkpoints: Checkpoints;
  /** Most events of one transaction. */
  batchSize: number;
}

/** Some thousand journeys are dealt with at a time. Of a large batch no fewer rows are held than it may have changed. */
const MOST_RECENT = 4_000;

/** What events lead to that are not written yet. */
interface Folded<Row extends object> {
  events: number;
  end: Pick<StoredEvent, 'position' | 'id'> | null;
  /** Null where the row goes. */
  rows: Map<string, FoldedRow<Row> | null>;
  /** The last that counts; null where all are skipped. */
  last: RecordedEvent | null;
  /** Time spent on folding them. */
  foldingMs: number;
}

const nothing = <Row extends object>(): Folded<Row> => ({ events: 0, end: null, rows: new Map(), last: null, foldingMs: 0 });

export interface Written {
  events: number;
  /** Time spent on folding and writing them. */
  seconds: number;
  /** The last event worked in; null where all are skipped. */
  last: RecordedEvent | null;
  /** What the reader shall do next. */
  state: RunState;
}

/**
 * Works events into one read model: rows and checkpoint move in one transaction, so that killing it anywhere, or running it
 * twice, changes nothing in the result (D15). The next events may be folded while the last ones are being written.
 */
export class BatchApplier<Row extends object> {
  private readonly rows: RowStore<Row>;
  private readonly recent: RecentRows<Row>;
  private readonly skips: Skips;
  private folded = nothing<Row>();
  private writing = nothing<Row>();
  /** The last event that is written. */
  position: Position | null;

  constructor(
    private readonly deps: ApplyDeps,
    private readonly projection: Projection<Row>,
    private readonly target: Target,
    private readonly lease: Lease,
    checkpoint: Pick<Checkpoint, 'position'>,
  ) {
    this.rows = new RowStore(projection, target.schema);
    this.recent = new RecentRows((keys) => this.rows.load(deps.pool, keys), Math.max(MOST_RECENT, deps.batchSize));
    this.skips = new Skips(deps.store, deps.registry, projection.name);
    this.position = checkpoint.position;
  }

  /** Events that are folded, and whose writing has not begun. */
  get waiting(): number {
    return this.folded.events;
  }

  /** Folds and writes. @throws EventFailure where a fold fails; anything else as it comes. Nothing is written then. */
  async apply(batch: readonly StoredEvent[]): Promise<Written> {
    try {
      await this.fold(batch);
      return await this.write();
    } catch (error) {
      this.giveUp();
      throw error;
    }
  }

  /** Folds onto what is folded, be it written or not. @throws EventFailure as if it had not been asked for */
  async fold(batch: readonly StoredEvent[]): Promise<void> {
    const end = batch.at(-1);
    if (end === undefined) throw new Error('an empty batch moves nothing');
    const began = performance.now();
    const events: RecordedEvent[] = [];
    this.skips.learn(batch);
    for (const stored of batch) if (!(await this.skips.has(stored))) events.push(decode(this.deps.registry, stored));
    // Read outside the transaction: rows change only together with the checkpoint, whose move proves that nobody moved it
    // since we last did.
    const changes = await foldBatch(this.projection, events, {
      rows: (keys) => this.recent.load(keys, [this.folded.rows, this.writing.rows]),
      stream: (name) => this.readStream(name, end.position),
      open: (opening) => this.open(opening),
      skipped: (stream, id) => this.skippedEvent(stream, id),
    });
    // Of now: while it was folded, what lay before it may have gone to be written.
    const { folded } = this;
    folded.events += batch.length;
    folded.end = { position: end.position, id: end.id };
    for (const [key, row] of changes) folded.rows.set(key, row);
    folded.last = events.at(-1) ?? folded.last;
    folded.foldingMs += performance.now() - began;
  }

  /** Writes all that is folded by now, one at a time. What fails is to be given up. */
  async write(): Promise<Written> {
    const { pool, checkpoints } = this.deps;
    const { target } = this;
    const began = performance.now();
    this.writing = this.folded;
    this.folded = nothing();
    const { events, end, rows, last, foldingMs } = this.writing;
    if (end === null) throw new Error('nothing is folded');
    // A crash of the server may take the last moves back, but rows and checkpoint together: they are worked in again.
    const move = { events, build: target.build, lazyCommit: true };
    const along = rows.size === 0 ? null : await this.rows.changes(pool, rows);
    const state = await (target.worked === undefined
      ? checkpoints.move(pool, this.lease, this.position, end, move, along)
      : inTransaction(pool, async (client) => {
          // First, since it locks the checkpoint: of two that run by mistake the second waits here, and then gives up.
          const next = await checkpoints.move(client, this.lease, this.position, end, move, along);
          await target.worked?.(client);
          return next;
        }));
    this.position = end.position;
    this.recent.keep(rows);
    this.writing = nothing();
    return { events, seconds: (foldingMs + performance.now() - began) / 1000, last, state };
  }

  /** Forgets what is folded and not written; gives how many events that was of. */
  giveUp(): number {
    const events = this.writing.events + this.folded.events;
    this.writing = nothing();
    this.folded = nothing();
    return events;
  }

  private async readStream(stream: string, upTo: Position): Promise<RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    for await (const stored of this.deps.store.readStream(stream)) {
      // What the log holds beyond the batch comes with its own batch: a replay sees what the live run saw.
      if (stored.position > upTo) break;
      if (!(await this.skips.has(stored))) events.push(decode(this.deps.registry, stored));
    }
    return this.open(events);
  }

  private async skippedEvent(stream: string, id: string): Promise<RecordedEvent | null> {
    for await (const stored of this.deps.store.readStream(stream)) {
      if (stored.id !== id) continue;
      try {
        return this.deps.registry.decode(stored);
      } catch {
        return null;
      }
    }
    return null;
  }

  private async open(events: readonly RecordedEvent[]): Promise<RecordedEvent[]> {
    if (!this.projection.personal) return [...events];
    try {
      return await this.deps.open(events);
    } catch (error) {
      if (isPassing(error)) throw error;
      // One by one, to name the event that does not open: an older one perhaps, that only a refold has brought up.
      for (const event of events)
        await this.deps.open([event]).catch((cause: unknown) => {
          throw isPassing(cause) ? cause : new EventFailure(event, cause);
        });
      throw error;
    }
  }
}

/** @throws EventFailure naming the event that this release cannot read */
export function decode(registry: EventRegistry, stored: StoredEvent): RecordedEvent {
  try {
    return registry.decode(stored);
  } catch (error) {
    throw new EventFailure(stored, error);
  }
}

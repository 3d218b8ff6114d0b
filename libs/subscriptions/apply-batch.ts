import type { Pool } from 'pg';
import type { Position, RecordedEvent } from '@touchline/core';
import type { EventRegistry, EventStore, StoredEvent } from '@touchline/event-store';
import { inTransaction } from '@touchline/postgres';
import type { Target } from './builds.js';
import type { Checkpoint, Checkpoints, RunState } from './checkpoints.js';
import { EventFailure, isPassing } from './failures.js';
import type { FoldedRow } from './fold.js';
import { standingEvents } from './fold.js';
import { foldBatch, keysIfAny } from './fold-batch.js';
import { IncrementalFold } from './incremental-fold.js';
import type { Lease } from './leases.js';
import { RowCache } from './row-cache.js';
import { RowStore } from './row-store.js';
import type { AsideChanges, SetAside } from './set-aside.js';
import { RETRY_AFTER_MS, applyAside, asideOf, changesAside, failedAside, isPoison, noAsideChanges, writeAside } from './set-aside.js';
import { skipOf } from './skip.events.js';
import { Skips } from './skips.js';
import type { StoredProjection } from './stored-projection.js';

/** Opens sealed fields; erased ones read as such (ADR 0008). */
export type OpenEvents = (events: readonly RecordedEvent[]) => Promise<RecordedEvent[]>;

export interface ApplyDeps {
  pool: Pool;
  store: EventStore;
  registry: EventRegistry;
  open: OpenEvents;
  checkpoints: Checkpoints;
  /** Most events of one transaction. */
  batchSize: number;
  /** Delays until a stream that is set aside is tried again. */
  retryAfterMs?: readonly number[];
}

/** Some thousand journeys are dealt with at a time. Of a large batch no fewer rows are held than it may have changed. */
const MOST_RECENT = 4_000;

/** So many traces are told of a batch: while events come one by one it is all of them. */
const MOST_TRACES = 100;

/** What events lead to that are not written yet. */
interface Folded<Row extends object> {
  events: number;
  end: Pick<StoredEvent, 'position' | 'id'> | null;
  /** Null where the row goes. */
  rows: Map<string, FoldedRow<Row> | null>;
  aside: AsideChanges;
  /** The last that counts; null where all are skipped. */
  last: RecordedEvent | null;
  /** Time spent on folding them. */
  foldingMs: number;
  /** Trace contexts that they came with. */
  traces: Set<string>;
}

const nothing = <Row extends object>(): Folded<Row> => ({
  ...{ events: 0, end: null, rows: new Map(), aside: noAsideChanges(), last: null, foldingMs: 0, traces: new Set() },
});

export interface Written {
  events: number;
  /** Time spent on folding and writing them. */
  seconds: number;
  /** The last event worked in; null where all are skipped. */
  last: RecordedEvent | null;
  /** Trace contexts that these events came with, or the first of them. */
  traces: ReadonlySet<string>;
  /** Streams that were set aside, or failed again, and those that go on. */
  aside: AsideChanges;
  /** What the reader shall do next. */
  state: RunState;
}

/**
 * Works events into one read model: rows and checkpoint move in one transaction, so that killing it anywhere, or running it
 * twice, changes nothing in the result (ADR 0009). The next events may be folded while the last ones are being written.
 */
export class BatchApplier<Row extends object> {
  private readonly incremental: IncrementalFold<Row>;
  private readonly rows: RowStore<Row>;
  private readonly recent: RowCache<Row>;
  private readonly skips: Skips;
  private folded = nothing<Row>();
  private writing = nothing<Row>();
  /** The last event that is written. */
  position: Position | null;
  private eventId: string | null;
  /** What is set aside; read once, since under the lease nobody else changes it. Null before that. */
  private aside: Map<string, SetAside> | null = null;

  constructor(
    private readonly deps: ApplyDeps,
    private readonly projection: StoredProjection<Row>,
    private readonly target: Target,
    private readonly lease: Lease,
    checkpoint: Pick<Checkpoint, 'position' | 'eventId'>,
  ) {
    this.incremental = new IncrementalFold(projection);
    this.rows = new RowStore(projection, target.schema);
    this.recent = new RowCache((keys) => this.rows.load(deps.pool, keys), Math.max(MOST_RECENT, deps.batchSize));
    this.skips = new Skips(deps.store, deps.registry, projection.name);
    this.position = checkpoint.position;
    this.eventId = checkpoint.eventId;
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
    const { events, passed, settling } = await this.part(batch);
    // Read outside the transaction: rows change only together with the checkpoint, whose move proves that nobody moved it
    // since we last did.
    const changes = await foldBatch(this.incremental, this.projection.name, events, {
      rows: (keys) => this.recent.load(keys, [this.folded.rows, this.writing.rows]),
      stream: (name) => this.readStream(name, end.position),
      open: (opening) => this.open(opening),
      skipped: (stream, id) => this.skippedEvent(stream, id),
    });
    const again = await this.foldAgain(settling, end);
    // Of now: while it was folded, what lay before it may have gone to be written.
    const { folded } = this;
    folded.events += batch.length;
    folded.end = { position: end.position, id: end.id };
    for (const [key, row] of [...changes, ...again.rows]) folded.rows.set(key, row);
    for (const [stream, failure] of again.failed) folded.aside.failed.set(stream, failure);
    for (const stream of again.settled) folded.aside.settled.add(stream);
    for (const [stream, more] of passed)
      if (!again.settled.has(stream)) folded.aside.passed.set(stream, (folded.aside.passed.get(stream) ?? 0) + more);
    folded.last = events.at(-1) ?? folded.last;
    for (const { meta } of events)
      if (meta.traceparent !== undefined && folded.traces.size < MOST_TRACES) folded.traces.add(meta.traceparent);
    folded.foldingMs += performance.now() - began;
  }

  /** Writes all that is folded by now, one at a time. What fails is to be given up. */
  async write(): Promise<Written> {
    const { pool, checkpoints } = this.deps;
    const { target } = this;
    const began = performance.now();
    this.writing = this.folded;
    this.folded = nothing();
    const { events, end, rows, aside, last, foldingMs, traces } = this.writing;
    if (end === null) throw new Error('nothing is folded');
    // A crash of the server may take the last moves back, but rows and checkpoint together: they are worked in again.
    const move = { events, build: target.build, lazyCommit: true };
    const combined = rows.size === 0 ? null : this.rows.changes(rows);
    const state = await (target.worked === undefined && !changesAside(aside)
      ? checkpoints.move(pool, this.lease, this.position, end, move, combined)
      : inTransaction(pool, async (client) => {
          // First, since it locks the checkpoint: of two that run by mistake the second waits here, and then gives up.
          const next = await checkpoints.move(client, this.lease, this.position, end, move, combined);
          if (changesAside(aside)) await writeAside(client, target.name, aside);
          await target.worked?.(client);
          return next;
        }));
    this.position = end.position;
    this.eventId = end.id;
    if (this.aside !== null) applyAside(this.aside, aside);
    this.recent.keep(rows);
    this.writing = nothing();
    return { events, seconds: (foldingMs + performance.now() - began) / 1000, last, traces, aside, state };
  }

  /** Forgets what is folded and not written; gives how many events that was of. */
  giveUp(): number {
    const events = this.writing.events + this.folded.events;
    this.writing = nothing();
    this.folded = nothing();
    return events;
  }

  /**
   * Moves over an event, nothing else being in hand, and sets aside the stream that is to blame. Of a view that holds
   * personal data its rows go: they would no longer follow an erasure (ADR 0021).
   */
  async setAside(at: StoredEvent, error: unknown): Promise<Written> {
    const known = await this.knownAside();
    const stream = this.blamed(at, error);
    const isNew = !known.has(stream);
    const { folded } = this;
    folded.events = 1;
    folded.end = { position: at.position, id: at.id };
    folded.aside.failed.set(stream, this.failed(stream, at, error));
    if (!isNew && at.stream === stream) folded.aside.passed.set(stream, 1);
    if (isNew && this.projection.personal) for (const key of await this.keysEver(stream, at.position)) folded.rows.set(key, null);
    return this.written();
  }

  /** Streams whose time to be tried again has come. */
  async due(now: number): Promise<string[]> {
    const known = await this.knownAside();
    return [...known.values()].filter(({ retryAt }) => Date.parse(retryAt) <= now).map(({ stream }) => stream);
  }

  /** When the next one is due; null where nothing is set aside. */
  nextDue(): number | null {
    const times = [...(this.aside?.values() ?? [])].map(({ retryAt }) => Date.parse(retryAt));
    return times.length === 0 ? null : times.reduce((a, b) => Math.min(a, b));
  }

  /** Tries a stream that is set aside again, nothing else being in hand, up to where the checkpoint stands. */
  async retry(stream: string): Promise<Written> {
    const { position, eventId: id } = this;
    if (position === null || id === null) throw new Error(`${stream} is set aside before the first event`);
    const end = { position, id };
    const again = await this.foldAgain(new Set([stream]), end);
    this.folded = { ...nothing(), end, rows: again.rows, aside: { ...again, passed: new Map() } };
    try {
      return await this.written();
    } catch (error) {
      if (!isPoison(error)) throw error;
      const failed = new Map([[stream, this.failed(stream, null, error)]]);
      this.folded = { ...nothing(), end, aside: { ...noAsideChanges(), failed } };
      return this.written();
    }
  }

  private async written(): Promise<Written> {
    try {
      return await this.write();
    } catch (error) {
      this.giveUp();
      throw error;
    }
  }

  private async knownAside(): Promise<Map<string, SetAside>> {
    return (this.aside ??= await this.readAside());
  }

  private async readAside(): Promise<Map<string, SetAside>> {
    const { deps, target } = this;
    // Rows that begin anew, after a restore for instance, have set nothing aside yet.
    if (this.position === null) await deps.pool.query('delete from touchline.set_aside where reader = $1', [target.name]);
    return asideOf(deps.pool, target.name);
  }

  /** Also while what settles it is not written yet, it is not set aside any more. */
  private isAside(stream: string): boolean {
    const isSettled = this.folded.aside.settled.has(stream) || this.writing.aside.settled.has(stream);
    return (this.aside?.has(stream) ?? false) && !isSettled;
  }

  /** What of a batch is to be folded, how much of it waits, and which streams it may settle: by a correction, or by a skip. */
  private async part(
    batch: readonly StoredEvent[],
  ): Promise<{ events: RecordedEvent[]; passed: Map<string, number>; settling: Set<string> }> {
    const { deps, projection, skips } = this;
    const some = (await this.knownAside()).size > 0;
    const events: RecordedEvent[] = [];
    const passed = new Map<string, number>();
    const settling = new Set<string>();
    skips.learn(batch);
    for (const stored of batch) {
      if (some && this.isAside(stored.stream)) {
        passed.set(stored.stream, (passed.get(stored.stream) ?? 0) + 1);
        if (this.read(stored)?.meta.corrects !== undefined) settling.add(stored.stream);
        continue;
      }
      if (await skips.has(stored)) continue;
      const event = decode(deps.registry, stored);
      const skip = some ? skipOf(event, projection.name) : null;
      if (skip !== null && this.isAside(skip.stream)) settling.add(skip.stream);
      else events.push(event);
    }
    return { events, passed, settling };
  }

  /** Streams that are set aside, each folded anew as a whole; those that fail again say so and stay as they are. */
  private async foldAgain(
    streams: ReadonlySet<string>,
    end: Pick<StoredEvent, 'position' | 'id'>,
  ): Promise<{ rows: Map<string, FoldedRow<Row> | null>; failed: Map<string, SetAside>; settled: Set<string> }> {
    const rows = new Map<string, FoldedRow<Row> | null>();
    const failed = new Map<string, SetAside>();
    const settled = new Set<string>();
    for (const stream of streams) {
      try {
        const standing = standingEvents(await this.readStream(stream, end.position));
        const folded = this.incremental.refold(
          standing,
          standing.flatMap((event) => this.incremental.keysEver(event)),
        );
        // Rows of what is skipped by now go.
        for (const key of await this.keysEver(stream, end.position)) rows.set(key, null);
        for (const [key, row] of folded) rows.set(key, row);
        settled.add(stream);
      } catch (error) {
        if (!isPoison(error)) throw error;
        failed.set(stream, this.failed(stream, null, error));
      }
    }
    return { rows, failed, settled };
  }

  private failed(stream: string, at: StoredEvent | null, error: unknown): SetAside {
    const known = this.aside?.get(stream);
    const event = at ?? known?.event;
    if (event === undefined) throw new Error(`${stream} is not set aside`);
    const { retryAfterMs = RETRY_AFTER_MS } = this.deps;
    return failedAside(
      known,
      { stream, at: event, after: this.position, waiting: at?.stream === stream ? 1 : 0, error },
      this.projection,
      retryAfterMs,
    );
  }

  /** The stream of the event that failed; of a row that was refused, that which was being folded. */
  private blamed(at: StoredEvent, error: unknown): string {
    if (error instanceof EventFailure) return error.event.stream;
    const event = this.read(at);
    return (event === null ? null : skipOf(event, this.projection.name))?.stream ?? at.stream;
  }

  /** Every key that an event of the stream ever touched, skipped ones too; of what cannot be read or folded, none. */
  private async keysEver(stream: string, upTo: Position): Promise<Set<string>> {
    const keys = new Set<string>();
    for await (const stored of this.deps.store.readStream(stream)) {
      if (stored.position > upTo) break;
      const event = this.read(stored);
      for (const key of event === null ? [] : keysIfAny(this.incremental, event)) keys.add(key);
    }
    return keys;
  }

  /** Null where this release cannot. */
  private read(stored: StoredEvent): RecordedEvent | null {
    try {
      return this.deps.registry.decode(stored);
    } catch {
      return null;
    }
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
    for await (const stored of this.deps.store.readStream(stream)) if (stored.id === id) return this.read(stored);
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

import type { ClientBase, Pool } from 'pg';
import type { Position, Projection, RecordedEvent } from '@touchline/core';
import type { EventRegistry, EventStore, StoredEvent } from '@touchline/event-store';
import { inTransaction } from '@touchline/postgres';
import type { Target } from './builds.js';
import type { Checkpoint, Checkpoints, RunState } from './checkpoints.js';
import { EventFailure, isPassing } from './failures.js';
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
}

/** Some thousand journeys are dealt with at a time. */
const MOST_RECENT = 4_000;

/**
 * Works batches into one read model: rows and checkpoint move in one transaction, so that killing it anywhere, or
 * running it twice, changes nothing in the result (D15).
 */
export class BatchApplier<Row extends object> {
  private readonly rows: RowStore<Row>;
  private readonly recent: RecentRows<Row>;
  private readonly skips: Skips;
  private position: Position | null;

  constructor(
    private readonly deps: ApplyDeps,
    private readonly projection: Projection<Row>,
    private readonly target: Target,
    private readonly lease: Lease,
    checkpoint: Pick<Checkpoint, 'position'>,
  ) {
    this.rows = new RowStore(projection, target.schema);
    this.recent = new RecentRows((keys) => this.rows.load(deps.pool, keys), MOST_RECENT);
    this.skips = new Skips(deps.store, deps.registry, projection.name);
    this.position = checkpoint.position;
  }

  /**
   * @returns the last event worked in, and what the reader shall do next
   * @throws EventFailure where a fold fails; anything else as it comes. Nothing is written then.
   */
  async apply(batch: readonly StoredEvent[]): Promise<{ last: RecordedEvent | null; state: RunState }> {
    const { pool, checkpoints, registry } = this.deps;
    const end = batch.at(-1);
    if (end === undefined) throw new Error('an empty batch moves nothing');
    const events: RecordedEvent[] = [];
    this.skips.learn(batch);
    for (const stored of batch) if (!(await this.skips.has(stored))) events.push(decode(registry, stored));
    // Read outside the transaction: rows change only together with the checkpoint, whose move below proves that
    // nobody moved it since we last did.
    const changes = await foldBatch(this.projection, events, {
      rows: (keys) => this.recent.load(keys),
      stream: (name) => this.readStream(name, end.position),
      open: (opening) => this.open(opening),
      skipped: (stream, id) => this.skippedEvent(stream, id),
    });
    const move = { events: batch.length, build: this.target.build };
    const work = async (client: ClientBase): Promise<RunState> => {
      // First, since it locks the checkpoint: of two that run by mistake the second waits here, and then gives up.
      const next = await checkpoints.move(client, this.lease, this.position, end, move);
      await this.target.worked?.(client);
      await this.rows.write(client, changes);
      return next;
    };
    // A crash of the server may take the last batches back, but rows and checkpoint together: they are worked in again.
    const isIdle = changes.size === 0 && this.target.worked === undefined;
    const state = isIdle
      ? await checkpoints.move(pool, this.lease, this.position, end, { ...move, lazyCommit: true })
      : await inTransaction(pool, work, { lazyCommit: true });
    this.position = end.position;
    this.recent.keep(changes);
    return { last: events.at(-1) ?? null, state };
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

import type { Caller, Position, Projection, RecordedEvent, StreamCategory } from '@touchline/core';
import { asPosition, readInstant, streamName } from '@touchline/core';
import { Problem, requestSignal } from '@touchline/http';
import type { Moment, MomentNamed, Replayed, ReplayDeps } from '@touchline/replay';
import { Replay } from '@touchline/replay';
import type { FoldedRow } from '@touchline/subscriptions';
import type { RowTable } from '@touchline/subscriptions';
import { EventFailure } from '@touchline/subscriptions';
import type { AsOfQuery, AsOfShown, EventNamedShown, MomentShown } from './as-of.dto.js';
import { streamToReplay, streamsEverOf } from './customer-streams/streams-to-replay.js';
import type { ReadModels, Rows } from './read-models.js';
import { BoundedSemaphore } from './bounded-semaphore.js';
import type { EntityClass } from './table-of.js';
import { tableOf } from './table-of.js';

const NAMED = 100;
const STREAMS = 'customer-streams';

export interface AsOfDeps extends ReplayDeps {
  read: ReadModels;
}

/** A moment at a fixed place of the log. */
export type FixedMoment = Moment & { upTo: Position };

/** Answers questions about another moment by replay, with the folds, queries and scope of the live views (ADR 0016). */
export class Replays {
  /** Replays of everything a reader may see work hard: not many at once. */
  readonly semaphore = new BoundedSemaphore(2, 8);

  constructor(readonly deps: AsOfDeps) {}

  /**
   * Null where the query names no moment: the live rows answer then.
   * @throws Problem 400 `position.malformed` | 504 `read-model.behind` where it is not known yet which streams to read
   */
  async question(caller: Caller, query: AsOfQuery): Promise<AsOf | null> {
    const { happenedBy, knownBy, after } = query;
    if (happenedBy === undefined && knownBy === undefined) return null;
    await this.deps.read.upTo(after, STREAMS);
    const moment = await this.fixed({ happenedBy, knownBy });
    const from = query.eventsAfter === undefined ? null : await this.deps.read.position(query.eventsAfter, 'eventsAfter');
    return new AsOf(this, caller, moment, { after: from, limit: query.events ?? NAMED });
  }

  /**
   * Nothing named for `knownBy` is all that is recorded until now.
   * @throws Problem 400 `position.malformed` | 504 `read-model.behind`
   */
  async fixed({ happenedBy, knownBy }: MomentNamed, field = 'knownBy'): Promise<FixedMoment> {
    const { read } = this.deps;
    const instant = readInstant(knownBy);
    const upTo = knownBy === undefined || instant !== null ? await read.head() : await read.position(knownBy, field);
    if (upTo !== null) await read.reached(upTo, STREAMS);
    return {
      upTo: upTo ?? asPosition(''),
      ...(happenedBy !== undefined && { happenedBy }),
      ...(instant !== null && { knownBy: instant }),
    };
  }
}

/** Which of the events an answer stands on are named in it. */
export interface Naming {
  after: Position | null;
  limit: number;
}

/** One question of one reader. */
export class AsOf {
  constructor(
    readonly replays: Replays,
    readonly caller: Caller,
    readonly moment: FixedMoment,
    readonly naming: Naming,
  ) {}

  /** What the streams that ever told of a customer told of them then. */
  async customer(customerId: string, views: readonly Projection[]): Promise<Told> {
    return this.told(views, await streamsEverOf(this.replays.deps.read.ask, this.caller, this.moment.upTo, customerId));
  }

  async stream(category: StreamCategory, id: string, views: readonly Projection[]): Promise<Told> {
    const stream = streamName(category, this.caller.tenant, id);
    return this.told(views, await streamToReplay(this.replays.deps.read.ask, this.caller, this.moment.upTo, stream));
  }

  private async told(views: readonly Projection[], streams: readonly string[]): Promise<Told> {
    return new Told(await naming(new Replay(this.replays.deps, this.moment, requestSignal()).of(views, streams)), this);
  }

  shown(events: AsOfShown['events']): AsOfShown {
    return { ...shownMoment(this.moment), events };
  }
}

/** What a replay found. */
export class Told {
  constructor(
    private readonly replayed: Replayed,
    private readonly asOf: AsOf,
  ) {}

  folded<Row extends object>(view: Projection<Row>): Row[] {
    return this.replayed.rows(view).map(({ row }) => row);
  }

  /** The rows for the very query that reads the live ones. */
  rows<Row extends object>(view: Projection<Row>, entity: EntityClass<Row>): Rows {
    const table = tableOf(entity);
    const records = JSON.stringify(this.replayed.rows(view).map((folded) => recordOf(table, folded)));
    return ($) => `json_populate_recordset(null::read_model.${table.table}, ${$(records)})`;
  }

  /** Names the events of these streams, those the reader was shown something of; or of all that were read. */
  shown(streams?: readonly string[]): AsOfShown {
    const { after, limit } = this.asOf.naming;
    const events = this.replayed.events(streams);
    const beyond = after === null ? events : events.filter(({ position }) => position > after);
    return this.asOf.shown({ total: events.length, ...pageOf(beyond.slice(0, limit + 1).map(named), limit) });
  }
}

/** A row by the names of its table's columns. */
export function recordOf({ columns }: RowTable, { row, foldedAt, foldedPosition }: FoldedRow): object {
  const values = columns.map(({ name, property }): [string, unknown] => [name, (row as Record<string, unknown>)[property] ?? null]);
  return { ...Object.fromEntries(values), folded_at: foldedAt, folded_position: foldedPosition };
}

/** Of one event more than are to be named, where there is one. */
export function pageOf(events: readonly EventNamedShown[], limit: number): Pick<AsOfShown['events'], 'items' | 'next'> {
  const items = events.slice(0, limit);
  return { items, next: events.length > limit ? (items.at(-1)?.position ?? null) : null };
}

export const named = ({ id, type, position, meta }: RecordedEvent): EventNamedShown => ({
  eventId: id,
  type,
  occurredAt: meta.occurredAt,
  recordedAt: meta.recordedAt,
  position,
  corrects: meta.corrects ?? null,
});

export const shownMoment = ({ happenedBy, knownBy, upTo }: FixedMoment): Pick<MomentShown, keyof MomentShown> => ({
  happenedBy: happenedBy ?? null,
  knownBy: knownBy ?? null,
  position: upTo,
});

/** An event no fold takes holds up its stream in the live view, where that shows; it must not be left out in silence here. */
export async function naming<T>(replay: Promise<T>): Promise<T> {
  try {
    return await replay;
  } catch (error) {
    if (!(error instanceof EventFailure)) throw error;
    const { id: eventId, type } = error.event;
    throw new Problem(503, 'replay.event-failed', `the event ${eventId} (${type}) cannot be worked in`, { extensions: { eventId } });
  }
}

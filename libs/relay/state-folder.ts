import type { Position, RecordedEvent } from '@touchline/core';
import type { EventRegistry, EventStore } from '@touchline/event-store';
import { HeldLately } from '@touchline/event-store';
import { standingEvents } from '@touchline/subscriptions';
import type { PublicMessage, StateTopic } from '@touchline/topics';

/** A state with its place in the order of its events, and what was told of it. */
interface Known {
  revision: number;
  foldedAt: string;
  state: object;
  told: string | null;
}

type Stands = NonNullable<ReturnType<StateTopic['stateOf']>>;

const MOST_KNOWN = 20_000;

/**
 * What a state topic says after each event: nothing where its entity looks as before. A function of the entity's events up
 * to that one alone, whatever was read in one go; what is kept between events only spares reading them again.
 */
export class StateFolder {
  private readonly known = new HeldLately<Known>(MOST_KNOWN);

  constructor(
    private readonly deps: { store: EventStore; registry: EventRegistry },
    private readonly topic: StateTopic,
  ) {}

  async messageOf(event: RecordedEvent): Promise<(PublicMessage & { customer: string | null }) | null> {
    const entity = this.topic.entityOf(event);
    if (entity === null) return null;
    const { before, after, stands } = await this.step(event, entity);
    this.known.keep(event.stream, after, 1);
    if (stands === null || after.told === before) return null;
    return { type: this.topic.changed, key: entity, ...stands };
  }

  private async step(event: RecordedEvent, entity: string): Promise<{ before: string | null; after: Known; stands: Stands | null }> {
    const { revision, stream, meta } = event;
    const known = revision === 0 ? null : this.known.of(stream);
    const isNext = known === null || known?.revision === revision - 1;
    if (isNext && meta.corrects === undefined && (known === null || meta.occurredAt >= known.foldedAt)) {
      const state = this.topic.evolve(known?.state ?? null, event);
      const stands = this.topic.stateOf(state, entity);
      return { before: known?.told ?? null, after: { revision, foldedAt: meta.occurredAt, state, told: toldOf(stands) }, stands };
    }
    const events = await this.upTo(stream, event.position);
    const before = this.folded(events.slice(0, -1), entity);
    const now = this.folded(events, entity);
    if (now === null) throw new Error(`stream ${stream} holds nothing up to event ${event.id}`);
    const { stands, ...after } = now;
    return { before: before?.told ?? null, after, stands };
  }

  private folded(events: readonly RecordedEvent[], entity: string): (Known & { stands: Stands | null }) | null {
    let state: object | null = null;
    let foldedAt = '';
    for (const { event } of standingEvents(events)) {
      state = this.topic.evolve(state, event);
      foldedAt = event.meta.occurredAt;
    }
    const last = events.at(-1);
    if (state === null || last === undefined) return null;
    const stands = this.topic.stateOf(state, entity);
    return { revision: last.revision, foldedAt, state, told: toldOf(stands), stands };
  }

  private async upTo(stream: string, end: Position): Promise<RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    for await (const stored of this.deps.store.readStream(stream)) {
      if (stored.position > end) break;
      events.push(this.deps.registry.decode(stored));
    }
    return events;
  }
}

/** One topic writes all its states in one order, so that their texts can be compared. */
const toldOf = (stands: Stands | null): string | null => (stands === null ? null : JSON.stringify(stands.data));

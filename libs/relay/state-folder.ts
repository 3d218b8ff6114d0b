import { LRUCache } from 'lru-cache';
import type { RecordedEvent } from '@touchline/core';
import type { EventRegistry, EventStore } from '@touchline/event-store';
import type { FoldedRow } from '@touchline/subscriptions';
import { IncrementalFold, REFOLD, standingEvents } from '@touchline/subscriptions';
import type { PublicMessage, StateTopic } from '@touchline/topics';

/** How an entity stands after an event of its stream, and what was told of it. */
interface Known {
  revision: number;
  folded: FoldedRow | null;
  told: string | null;
}

type Stands = NonNullable<ReturnType<StateTopic['stateOf']>>;

const MOST_KNOWN = 20_000;

/**
 * What a state topic says after each event: nothing where its entity looks as before. A function of the entity's events up
 * to that one alone, whatever was read in one go; what is kept between events only spares reading them again.
 */
export class StateFolder {
  private readonly known = new LRUCache<string, Known>({ max: MOST_KNOWN });
  private readonly fold: IncrementalFold<object>;

  constructor(
    private readonly deps: { store: EventStore; registry: EventRegistry },
    private readonly topic: StateTopic,
  ) {
    this.fold = new IncrementalFold<object>({
      keys: (event) => [topic.entityOf(event) ?? []].flat(),
      evolve: (state, event) => topic.evolve(state, event),
    });
  }

  async messageOf(event: RecordedEvent): Promise<(PublicMessage & { customer: string | null }) | null> {
    const entity = this.topic.entityOf(event);
    if (entity === null) return null;
    const { revision, stream } = event;
    const known = revision === 0 ? null : this.known.get(stream);
    const isNext = known === null || known?.revision === revision - 1;
    const events = isNext ? null : await this.upTo(event);
    const before = events === null ? known : this.anew(events.slice(0, -1), entity);
    const next = this.fold.foldOn(before?.folded ?? null, event, entity);
    const folded = next === REFOLD ? this.anew(events ?? (await this.upTo(event)), entity).folded : next;
    const stands = this.standsOf(folded, entity);
    const told = toldOf(stands);
    this.known.set(stream, { revision, folded, told });
    return stands === null || told === (before?.told ?? null) ? null : { type: this.topic.changed, key: entity, ...stands };
  }

  private anew(events: readonly RecordedEvent[], entity: string): Omit<Known, 'revision'> {
    const folded = this.fold.refold(standingEvents(events), [entity]).get(entity) ?? null;
    return { folded, told: toldOf(this.standsOf(folded, entity)) };
  }

  private standsOf(folded: FoldedRow | null, entity: string): Stands | null {
    return folded && this.topic.stateOf(folded.row, entity);
  }

  private async upTo({ stream, position }: RecordedEvent): Promise<RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    for await (const stored of this.deps.store.readStream(stream)) {
      if (stored.position > position) break;
      events.push(this.deps.registry.decode(stored));
    }
    return events;
  }
}

/** One topic writes all its states in one order, so that their texts can be compared. */
const toldOf = (stands: Stands | null): string | null => (stands === null ? null : JSON.stringify(stands.data));

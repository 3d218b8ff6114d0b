import type { Position, RecordedEvent } from '@touchline/core';
import { parseStreamName } from '@touchline/core';
import type { EventRegistry, EventStore, StoredEvent } from '@touchline/event-store';
import { EventStoreUnavailable } from '@touchline/event-store';
import { isConnectionLoss } from '@touchline/postgres';
import type { PublicMessage, StateTopic, Topic } from '@touchline/topics';
import { RelayStopped } from './errors.js';
import type { MessageNumbers } from './numbering.js';
import { keyOf } from './record.js';
import { StateFolder } from './state-folder.js';

export interface NumberedMessage {
  topic: Topic;
  event: RecordedEvent;
  message: PublicMessage;
  /** Record key, and what chooses the partition; both with the group. */
  key: string;
  subject: string;
  sequence: number;
}

/** A stretch of the log, worked out and numbered, ready to be sent. */
export interface Prepared {
  messages: NumberedMessage[];
  events: number;
  end: { position: Position; id: string };
}

type Unnumbered = Omit<NumberedMessage, 'sequence'> & { person: string | null };

/** Works out what each topic says about a batch of the log. Touches no broker. */
export class Preparer {
  private readonly folders: ReadonlyMap<Topic, StateFolder>;
  private waiting: Unnumbered[] = [];
  private done: NumberedMessage[] = [];

  /** `upTo`: how far each topic already tells the log; nothing is told twice. */
  constructor(
    private readonly deps: { store: EventStore; registry: EventRegistry; topics: readonly Topic[] },
    private readonly numbering: MessageNumbers,
    private readonly upTo: (topic: string) => Position | null,
  ) {
    this.folders = new Map(deps.topics.flatMap((topic) => (topic.kind === 'state' ? [[topic, new StateFolder(deps, topic)]] : [])));
  }

  /** @throws RelayStopped naming the event that cannot be told */
  async prepare(batch: readonly StoredEvent[]): Promise<Prepared> {
    const last = batch.at(-1);
    if (last === undefined) throw new Error('an empty batch says nothing');
    this.done = [];
    for (const stored of batch) {
      const event = this.decode(stored);
      for (const topic of this.deps.topics) {
        if (event.position <= (this.upTo(topic.name) ?? '')) continue;
        if (topic.kind === 'state' && event.type === 'customer-erased') await this.forget(topic, event);
        else await this.tell(topic, event);
      }
    }
    await this.number();
    return { messages: this.done, events: batch.length, end: { position: last.position, id: last.id } };
  }

  private decode(stored: StoredEvent): RecordedEvent {
    try {
      return this.deps.registry.decode(stored);
    } catch (error) {
      throw failed(stored, error);
    }
  }

  private async tell(topic: Topic, event: RecordedEvent): Promise<void> {
    const { tenant } = event.meta;
    try {
      const folder = this.folders.get(topic);
      const message = topic.kind === 'facts' ? topic.messageOf(event) : await folder?.messageOf(event);
      if (message === null || message === undefined) return;
      const customer = 'customer' in message ? (message.customer as string | null) : null;
      const person = customer === null ? null : keyOf(tenant, customer);
      this.waiting.push({ topic, event, message, person, key: keyOf(tenant, message.key), subject: keyOf(tenant, message.orderedBy) });
    } catch (error) {
      if (error instanceof EventStoreUnavailable || isConnectionLoss(error)) throw error;
      throw failed(event, error);
    }
  }

  /** Takes back all the topic tells of the person; what was told within this batch is noted first. */
  private async forget(topic: StateTopic, event: RecordedEvent): Promise<void> {
    await this.number();
    const { tenant, subjects } = event.meta;
    const customer = subjects.customer ?? parseStreamName(event.stream)?.id ?? '';
    for (const { key, subject } of await this.numbering.erase(topic.name, keyOf(tenant, customer), event.position)) {
      const bare = (text: string): string => text.slice(tenant.length + 1);
      const message = { type: topic.forgotten, key: bare(key), orderedBy: bare(subject), data: null };
      this.waiting.push({ topic, event, message, person: null, key, subject });
    }
  }

  private async number(): Promise<void> {
    if (this.waiting.length === 0) return;
    const numbers = await this.numbering.number(
      this.waiting.map(({ topic, event, ...rest }) => ({ ...rest, topic: topic.name, eventId: event.id, position: event.position })),
    );
    for (const [index, { person: _, ...message }] of this.waiting.entries()) {
      const sequence = numbers[index];
      if (sequence !== null && sequence !== undefined) this.done.push({ ...message, sequence });
    }
    this.waiting = [];
  }
}

const failed = ({ id, type, stream, position }: Pick<StoredEvent, 'id' | 'type' | 'stream' | 'position'>, cause: unknown): RelayStopped =>
  new RelayStopped('event.failed', `event ${id} (${type}) of ${stream} at ${position} cannot be told: ${String(cause)}`, stream, { cause });

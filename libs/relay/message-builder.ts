import type { Position, RecordedEvent } from '@touchline/core';
import type { EventRegistry, EventStore, StoredEvent } from '@touchline/event-store';
import { EventStoreUnavailable } from '@touchline/event-store';
import { isConnectionLoss } from '@touchline/postgres';
import { EventFailure } from '@touchline/subscriptions';
import type { FactTopic, PublicMessage, StateTopic, Topic } from '@touchline/topics';
import { RelayStopped } from './errors.js';
import type { SequenceAllocator, SequenceRequest } from './sequence-allocator.js';
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
export interface NumberedBatch {
  messages: NumberedMessage[];
  events: number;
  end: { position: Position; id: string };
}

/** With the person a key tells of from now on, on a compacted topic. */
type TopicMessage = PublicMessage & { customer: string | null };
type UnnumberedMessage = Omit<NumberedMessage, 'sequence'> & { person: string | null };

/** What an event makes a topic say, in the order of the log; an erasure takes back what was told before it. */
type Step = { says: UnnumberedMessage } | { forgets: StateTopic; person: string; event: RecordedEvent };

/** A stretch of the log, worked out, without its numbers. */
export interface UnnumberedBatch {
  steps: Step[];
  events: number;
  end: { position: Position; id: string };
}

/**
 * Works out what each topic says about a batch of the log. Touches no broker. In two parts, so that a batch can be worked out
 * while the one before it gets its numbers; both take the batches in the order of the log.
 */
export class MessageBuilder {
  private readonly folders: ReadonlyMap<Topic, StateFolder>;

  /** `upTo`: how far each topic already tells the log; nothing is told twice. */
  constructor(
    private readonly deps: { store: EventStore; registry: EventRegistry; topics: readonly Topic[] },
    private readonly sequences: SequenceAllocator,
    private readonly upTo: (topic: string) => Position | null,
  ) {
    this.folders = new Map(deps.topics.flatMap((topic) => (topic.kind === 'state' ? [[topic, new StateFolder(deps, topic)]] : [])));
  }

  /** @throws RelayStopped naming the event that cannot be told */
  async build(batch: readonly StoredEvent[]): Promise<UnnumberedBatch> {
    const last = batch.at(-1);
    if (last === undefined) throw new Error('an empty batch says nothing');
    const steps: Step[] = [];
    for (const stored of batch) {
      const event = this.decode(stored);
      for (const topic of this.deps.topics) {
        if (event.position <= (this.upTo(topic.name) ?? '')) continue;
        const person = topic.kind === 'state' ? erasedBy(topic, event) : null;
        if (topic.kind === 'state' && person !== null) steps.push({ forgets: topic, person, event });
        else {
          const message = topic.kind === 'facts' ? factOn(topic, event) : await this.stateOn(topic, event);
          if (message !== null) steps.push({ says: unnumbered(topic, event, message) });
        }
      }
    }
    return { steps, events: batch.length, end: { position: last.position, id: last.id } };
  }

  async number({ steps, events, end }: UnnumberedBatch): Promise<NumberedBatch> {
    const messages: NumberedMessage[] = [];
    let waiting: UnnumberedMessage[] = [];
    for (const step of steps) {
      if ('says' in step) waiting.push(step.says);
      else {
        // What was told before the erasure is noted first, so that it is taken back too.
        await this.allocateInto(messages, waiting);
        waiting = await this.tombstonesOf(step);
      }
    }
    await this.allocateInto(messages, waiting);
    return { messages, events, end };
  }

  private decode(stored: StoredEvent): RecordedEvent {
    try {
      return this.deps.registry.decode(stored);
    } catch (error) {
      throw failed(stored, error);
    }
  }

  private async stateOn(topic: StateTopic, event: RecordedEvent): Promise<TopicMessage | null> {
    try {
      return (await this.folders.get(topic)?.messageOf(event)) ?? null;
    } catch (error) {
      if (error instanceof EventStoreUnavailable || isConnectionLoss(error)) throw error;
      throw failed(event, error instanceof EventFailure ? error.cause : error);
    }
  }

  /** All that the topic tells of the person who was erased. */
  private async tombstonesOf({ forgets: topic, person, event }: Extract<Step, { forgets: StateTopic }>): Promise<UnnumberedMessage[]> {
    const { tenant } = event.meta;
    const told = await this.sequences.erase(topic.name, keyOf(tenant, person), event.position);
    const bare = (text: string): string => text.slice(tenant.length + 1);
    return told.map(({ key, subject }) =>
      unnumbered(topic, event, { type: topic.forgotten, key: bare(key), orderedBy: bare(subject), data: null, customer: null }),
    );
  }

  private async allocateInto(messages: NumberedMessage[], waiting: readonly UnnumberedMessage[]): Promise<void> {
    if (waiting.length === 0) return;
    const numbers = await this.sequences.allocate(waiting.map(sequenceRequest));
    for (const [index, { topic, event, message, key, subject }] of waiting.entries()) {
      const sequence = numbers[index] ?? null;
      if (sequence !== null) messages.push({ topic, event, message, key, subject, sequence });
    }
  }
}

function erasedBy(topic: StateTopic, event: RecordedEvent): string | null {
  try {
    return topic.erases(event);
  } catch (error) {
    throw failed(event, error);
  }
}

function factOn(topic: FactTopic, event: RecordedEvent): TopicMessage | null {
  try {
    const message = topic.messageOf(event);
    return message && { ...message, customer: null };
  } catch (error) {
    throw failed(event, error);
  }
}

function unnumbered(topic: Topic, event: RecordedEvent, message: TopicMessage): UnnumberedMessage {
  const { tenant } = event.meta;
  const person = message.customer === null ? null : keyOf(tenant, message.customer);
  return { topic, event, message, person, key: keyOf(tenant, message.key), subject: keyOf(tenant, message.orderedBy) };
}

const sequenceRequest = ({ topic, event, key, subject, person }: UnnumberedMessage): SequenceRequest => ({
  topic: topic.name,
  eventId: event.id,
  position: event.position,
  key,
  subject,
  person,
});

const failed = ({ id, type, stream, position }: Pick<StoredEvent, 'id' | 'type' | 'stream' | 'position'>, cause: unknown): RelayStopped =>
  new RelayStopped('event.failed', `event ${id} (${type}) of ${stream} at ${position} cannot be told: ${String(cause)}`, stream, { cause });

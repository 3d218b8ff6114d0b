import type { Pool } from 'pg';
import { asPosition } from '@touchline/core';
import type { EventRegistry, EventStore } from '@touchline/event-store';
import { canonicalJson } from '@touchline/event-store';
import type { FactTopic } from '@touchline/topics';
import { asOf, keyOf, recordOf } from './record.js';
import type { ToldRecord } from './verify-topic.js';

/** Makes the message anew that a record says it is, from its event and the number it was given, to hold one against the other. */
export const messageFromLog =
  (deps: { store: EventStore; registry: EventRegistry; pool: Pool }, prefix: string, topic: FactTopic) =>
  async ({ headers }: ToldRecord): Promise<string | null> => {
    const stored = await deps.store.eventAt(asPosition(headers['ce_logposition'] ?? ''));
    if (stored === null) return null;
    const event = deps.registry.decode(stored);
    const message = topic.messageOf(event);
    if (message === null) return null;
    const { tenant } = event.meta;
    const [key, subject] = [keyOf(tenant, message.key), keyOf(tenant, message.orderedBy)];
    const { rows } = await deps.pool.query<{ sequence: string }>(
      'select sequence from touchline.topic_sequences where topic = $1 and event_id = $2 and key = $3',
      [topic.name, event.id, key],
    );
    const record = recordOf(
      prefix,
      { topic, event, message, key, subject, sequence: Number(rows[0]?.sequence) },
      Number(headers['ce_ordinal']),
    );
    return canonicalJson({ headers: asOf(headers, record.headers), key: record.key, value: record.value });
  };

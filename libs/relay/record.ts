import { hash as digest } from 'node:crypto';
import { canonicalJson } from '@touchline/event-store';
import type { OutgoingRecord } from '@touchline/kafka';
import { partitionOf } from '@touchline/kafka';
import { CE_TYPE_PREFIX, schemaUri } from '@touchline/topics/contract.js';
import type { Topic } from '@touchline/topics';
import type { NumberedMessage } from './prepare.js';

/** Full name of a topic, or of one of the relay's own. */
export const topicName = (prefix: string, name: string): string => `${prefix}.${name}`;

/** A message as a CloudEvent in binary mode: its attributes are headers, the value is the data alone. */
export function recordOf(
  prefix: string,
  { topic, event, message, subject, key, sequence }: NumberedMessage,
  ordinal: number,
): OutgoingRecord {
  const { tenant, occurredAt, recordedAt, correlationId, causationId } = event.meta;
  const { type, data } = message;
  const headers: Record<string, string> = {
    ce_specversion: '1.0',
    ce_id: event.id,
    ce_source: `/${tenant}/${topic.name}`,
    ce_type: CE_TYPE_PREFIX + type.type,
    ce_subject: message.key,
    ce_time: occurredAt,
    ce_recordedtime: recordedAt,
    ce_tenant: tenant,
    ce_partitionkey: subject,
    // Text that sorts as the numbers do, as the sequence extension wants it.
    ce_sequence: String(sequence).padStart(10, '0'),
    ce_ordinal: String(ordinal),
    ce_logposition: event.position,
    ce_schemaversion: String(type.version),
    ce_correlationid: correlationId,
    ce_causationid: causationId,
    traceparent: traceOf(correlationId, event.id),
    ...(data !== null && { 'content-type': 'application/json', ce_dataschema: schemaUri(type) }),
  };
  const partition = partitionOf(subject, topic.partitions);
  return { topic: topicName(prefix, topic.name), partition, key, headers, value: data === null ? null : canonicalJson(data) };
}

/**
 * W3C trace context. The log keeps no trace, so it derives from what it keeps: all that one request led to shares a trace.
 * The same event always gives the same bytes.
 */
function traceOf(correlationId: string, eventId: string): string {
  return `00-${digest('sha256', correlationId, 'hex').slice(0, 32)}-${digest('sha256', eventId, 'hex').slice(0, 16)}-00`;
}

export const keyOf = (tenant: string, id: string): string => `${tenant}.${id}`;

/** What the records of a topic are kept and counted by. */
export const isCounted = (topic: Topic): boolean => topic.kind === 'facts';

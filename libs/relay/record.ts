import { hash as digest } from 'node:crypto';
import { toldOnBy } from '@touchline/core';
import { canonicalJson } from '@touchline/event-store';
import type { OutgoingRecord } from '@touchline/kafka';
import { partitionOf } from '@touchline/kafka';
import { CE_TYPE_PREFIX, schemaUri } from '@touchline/topics/contract.js';
import type { Topic } from '@touchline/topics';
import type { NumberedMessage } from './message-builder.js';

/** Full name of a topic, or of one of the relay's own. */
export const topicName = (prefix: string, name: string): string => `${prefix}.${name}`;

/** A message as a CloudEvent in binary mode: its attributes are headers, the value is the data alone. */
export function recordOf(
  prefix: string,
  { topic, event, message, subject, key, sequence }: NumberedMessage,
  ordinal: number,
): OutgoingRecord {
  const { tenant, occurredAt, recordedAt, correlationId, causationId, traceparent } = event.meta;
  const { type, data } = message;
  // In the order of RFC 8785, in which they are hashed.
  const headers: Record<string, string> = {};
  headers['ce_causationid'] = causationId;
  headers['ce_correlationid'] = correlationId;
  if (data !== null) headers['ce_dataschema'] = schemaUri(type);
  headers['ce_id'] = event.id;
  headers['ce_logposition'] = event.position;
  headers['ce_ordinal'] = String(ordinal);
  headers['ce_partitionkey'] = subject;
  headers['ce_recordedtime'] = recordedAt;
  headers['ce_schemaversion'] = String(type.version);
  // Text that sorts as the numbers do, as the sequence extension wants it.
  headers['ce_sequence'] = String(sequence).padStart(10, '0');
  headers['ce_sequencekey'] = subject;
  headers['ce_source'] = `/${tenant}/${topic.name}`;
  headers['ce_specversion'] = '1.0';
  headers['ce_subject'] = message.key;
  headers['ce_tenant'] = tenant;
  headers['ce_time'] = occurredAt;
  if (traceparent !== undefined) headers['ce_traceparent'] = traceparent;
  headers['ce_type'] = CE_TYPE_PREFIX + type.type;
  if (data !== null) headers['content-type'] = 'application/json';
  headers['traceparent'] = traceOf(correlationId, event.id, traceparent);
  const partition = partitionOf(subject, topic.partitions);
  return { topic: topicName(prefix, topic.name), partition, key, headers, value: data === null ? null : canonicalJson(data) };
}

/**
 * W3C trace context: the trace that the request came with, told on by a span of the event's own. Where it came with none it derives
 * from what the log keeps, so that all that one request led to shares a trace. The same event always gives the same bytes.
 */
function traceOf(correlationId: string, eventId: string, traceparent: string | undefined): string {
  const span = spanOf(eventId);
  if (traceparent !== undefined) return toldOnBy(traceparent, span);
  return `00-${digest('sha256', correlationId, 'hex').slice(0, 32)}-${span}-00`;
}

/** Id of the span by which an event is told; readers find it as the parent of theirs. */
export const spanOf = (eventId: string): string => digest('sha256', eventId, 'hex').slice(0, 16);

export const keyOf = (tenant: string, id: string): string => `${tenant}.${id}`;

/** What a record told before it stood there does not have; held against what is made anew it is left out there too. */
const CAME_LATER = ['ce_sequencekey'];

/** The headers of a message that is made anew, as they were when the record was told that is held against it. */
export const asOf = (told: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name in told || !CAME_LATER.includes(name)));

/** Of a record's headers, what `asOf` looks for. */
export const laterHeaders = (told: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(told).filter(([name]) => CAME_LATER.includes(name)));

/** What the records of a topic are kept and counted by. */
export const isCounted = (topic: Topic): boolean => topic.kind === 'facts';

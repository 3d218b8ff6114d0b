import type { JsonObject } from '@touchline/core';
import type { Released } from './compatibility.js';
import { rejectedMessage } from './intake.js';
import { manifestMessage } from './manifest-schema.js';
import type { Schema } from './schema.js';
import type { MessageType, Topic } from './topic.js';

/** In front of a message's name in `ce_type`. */
export const CE_TYPE_PREFIX = 'dev.touchline.';

const SCHEMAS = 'https://touchline.dev/schemas';

/** Names a schema for ever; the platform serves it under the same path. */
export const schemaUri = ({ type, version }: Pick<MessageType, 'type' | 'version'>): string => `${SCHEMAS}/${type}/${version}`;

/** The schema as a document of its own. */
export const schemaDocument = ({ type, version, summary, schema }: MessageType & { schema: Schema }): Schema => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: schemaUri({ type, version }),
  title: summary,
  ...schema,
});

const hasData = (message: MessageType): message is MessageType & { schema: Schema } => message.schema !== null;

/** What we tell now, to be held against what was released. */
export const declaredSchemas = (topics: readonly Topic[]): Released[] =>
  [...topics.flatMap(({ messages }) => messages.filter(hasData)), manifestMessage, rejectedMessage].map((message) => ({
    ...message,
    schema: schemaDocument(message),
  }));

/** Attributes of every message, as headers of its record (CloudEvents 1.0, binary mode). */
export const HEADERS: Schema = {
  type: 'object',
  required: [
    ...['ce_specversion', 'ce_id', 'ce_source', 'ce_type', 'ce_subject', 'ce_time', 'ce_recordedtime', 'ce_tenant'],
    ...['ce_partitionkey', 'ce_sequence', 'ce_ordinal', 'ce_logposition', 'ce_schemaversion', 'ce_correlationid', 'ce_causationid'],
    'traceparent',
  ],
  properties: {
    ce_specversion: header('always "1.0"', '^1\\.0$'),
    ce_id: header('id of the event; the same on every topic that tells of it'),
    ce_source: header('"/<group>/<topic>"; with ce_id and ce_subject it names the message'),
    ce_type: header('"dev.touchline." and the kind of message'),
    ce_subject: header('id of the entity the message is about'),
    ce_time: {
      type: 'string',
      format: 'date-time',
      description: 'when it happened in the world; the record’s own time is when it was sent',
    },
    ce_recordedtime: { type: 'string', format: 'date-time', description: 'when it was recorded' },
    ce_tenant: header('the group (集团) it belongs to'),
    ce_partitionkey: header('whose order the topic keeps, and what chooses the partition'),
    ce_sequence: header('the how many-th message this is on its topic under its ce_partitionkey, from 1, without gaps', '^[0-9]{10,}$'),
    ce_sequencekey: header(
      'what ce_sequence counts under: the same as ce_partitionkey, which some clients overwrite with the key of the record. Messages told by earlier releases lack it',
    ),
    ce_ordinal: header('the how many-th it is on its topic, from 1; manifests count by it', '^[1-9][0-9]*$'),
    ce_logposition: header('place of the event in the log; sorts as text'),
    ce_schemaversion: header('version of the schema of the value', '^[1-9][0-9]*$'),
    ce_traceparent: header(
      'W3C trace context of the request that led to it, as it came (CloudEvents tracing extension); absent where it came with none',
      '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$',
    ),
    ce_correlationid: header('what one request led to has one in common'),
    ce_causationid: header('the command or event that caused it'),
    traceparent: header('W3C trace context, from the correlation id', '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$'),
    ce_dataschema: header('where the schema of the value is; absent where there is none'),
    'content-type': header('"application/json"; absent where there is no value'),
  },
};

function header(description: string, pattern?: string): Schema {
  return { type: 'string', description, ...(pattern !== undefined && { pattern }) };
}

/** What whoever sends us a message says of it. */
export const SENT_HEADERS: Schema = {
  type: 'object',
  required: ['ce_specversion', 'ce_id', 'ce_source', 'ce_type'],
  properties: {
    ce_specversion: header('always "1.0"', '^1\\.0$'),
    ce_id: header(
      'the system’s own reference: the same again is the same. Nothing personal, it is kept in clear',
      '^[\\x21-\\x7e]{1,200}$',
    ),
    ce_source: header('"/<group>/<login>": the system, as the group registered it', '^/[a-z][a-z0-9]{1,30}/[^/]+$'),
    ce_type: header('"dev.touchline.intake." and the touchpoint'),
    ce_correlationid: header('what led to it', '^[A-Za-z0-9._-]{8,64}$'),
    'content-type': header('"application/json", or absent'),
  },
};

/** Attributes of what was not taken. */
export const REJECT_HEADERS: Schema = {
  type: 'object',
  required: ['ce_specversion', 'ce_id', 'ce_source', 'ce_type', 'ce_time', 'ce_schemaversion'],
  properties: {
    ce_specversion: header('always "1.0"', '^1\\.0$'),
    ce_id: header('the key, and the how many-th try'),
    ce_source: header('always "/intake"'),
    ce_type: header('"dev.touchline." and the kind of message'),
    ce_time: { type: 'string', format: 'date-time', description: 'when it was tried' },
    ce_schemaversion: header('version of the schema of the value', '^[1-9][0-9]*$'),
    ce_dataschema: header('where the schema of the value is; absent where there is none'),
    'content-type': header('"application/json"; absent where there is no value'),
  },
};

/** Attributes of manifests; those of earlier releases have a content type alone. */
export const MANIFEST_HEADERS: Schema = {
  type: 'object',
  required: ['content-type'],
  properties: {
    ce_specversion: header('always "1.0"', '^1\\.0$'),
    ce_id: header('the topic and the last ordinal it covers'),
    ce_source: header('always "/relay"'),
    ce_type: header('"dev.touchline.manifest"'),
    ce_subject: header('full name of the topic it is about'),
    ce_time: { type: 'string', format: 'date-time', description: 'when it was signed' },
    ce_schemaversion: header('version of the schema of the value', '^[1-9][0-9]*$'),
    ce_dataschema: header('where the schema of the value is'),
    'content-type': header('"application/json"'),
  },
};

/** As JSON. */
export const asJson = (value: JsonObject): string => `${JSON.stringify(value, null, 2)}\n`;

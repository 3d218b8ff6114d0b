import type { RecordedEvent } from '@touchline/core';
import { factOf, factSchema, orderOf } from './envelope.js';
import type { Schema } from './schema.js';
import type { FactTopic, MessageType } from './topic.js';
import { FOR_EVER } from './topic.js';
import { touchpointMessages } from './touchpoint-messages.js';

const messages = new Map<string, MessageType>(
  Object.entries(touchpointMessages).map(([type, { version = 1, summary, details }]) => [
    type,
    { type: `touchpoint.${type}`, version, summary, schema: factSchema(details) },
  ]),
);

/**
 * A sale that an imported source states without its price. Readers of `contract-signed` rely on one, so it is a type of its
 * own, as no version of theirs could say it.
 */
const withoutPrice: MessageType = {
  type: 'touchpoint.contract-signed-without-price',
  version: 1,
  summary: 'A contract was signed, at a price that the imported source does not state',
  schema: factSchema(without(touchpointMessages['contract-signed']!.details, 'price')),
};

function without(details: Schema, field: string): Schema {
  const { [field]: _, ...properties } = details.properties ?? {};
  return { ...details, properties, required: (details.required ?? []).filter((name) => name !== field) };
}

const typeOf = ({ type, data }: RecordedEvent): MessageType | undefined =>
  type === 'contract-signed' && data['price'] === undefined ? withoutPrice : messages.get(type);

/** Every contact and service act (domain §4), those of complaints included; corrections as facts of their own. */
export const touchpointsTopic: FactTopic = {
  kind: 'facts',
  name: 'touchpoints',
  description: 'Every touchpoint once, in order per customer. A correction is a further message that names the one it replaces.',
  keyedBy: 'journey, else complaint, else contact',
  partitions: 12,
  config: FOR_EVER,
  messages: [...messages.values(), withoutPrice],
  messageOf(event) {
    const type = typeOf(event);
    if (type?.schema === undefined || type.schema === null) return null;
    const { journey, complaint, contact } = event.meta.subjects;
    const orderedBy = orderOf(event);
    return { type, key: journey ?? complaint ?? contact ?? orderedBy, orderedBy, data: factOf(event, type.schema) };
  },
};

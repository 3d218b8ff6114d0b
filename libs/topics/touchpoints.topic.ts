import type { Fields, RecordedEvent } from '@touchline/core';
import { required } from '@touchline/core';
import { factOf, factSchema, orderOf } from './envelope.js';
import type { FactTopic, MessageType } from './topic.js';
import { FOR_EVER } from './topic.js';
import { toldOf, touchpointMessages } from './touchpoint-messages.js';

const SIGNED = 'contract-signed';

function unpriced(type: string): Fields {
  const told = touchpointMessages[type];
  if (told === undefined) throw new Error(`no event ${type} is told`);
  const { price: _, ...fields } = told.fields;
  return fields;
}

/** Readers of a contract that was signed rely on its price, which only an imported source may lack. */
const fieldsOf = (type: string, fields: Fields): Fields =>
  type === SIGNED
    ? Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, name === 'price' ? required(field) : field]))
    : fields;

const messages = new Map<string, MessageType>(
  Object.entries(touchpointMessages).map(([type, { version, summary, fields }]) => [
    type,
    { type: `touchpoint.${type}`, version, summary, schema: factSchema(toldOf(fieldsOf(type, fields))) },
  ]),
);

/** A sale that an imported source states without its price is a type of its own, as no version of the other could say it. */
const withoutPrice: MessageType = {
  type: `touchpoint.${SIGNED}-without-price`,
  version: 1,
  summary: 'A contract was signed, at a price that the imported source does not state',
  schema: factSchema(toldOf(unpriced(SIGNED))),
};

const typeOf = ({ type, data }: RecordedEvent): MessageType | undefined =>
  type === SIGNED && data['price'] === undefined ? withoutPrice : messages.get(type);

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

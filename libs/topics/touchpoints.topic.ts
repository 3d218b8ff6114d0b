import { factOf, factSchema, orderOf } from './envelope.js';
import type { FactTopic, MessageType } from './topic.js';
import { FOR_EVER } from './topic.js';
import { touchpointMessages } from './touchpoint-messages.js';

const messages = new Map<string, MessageType>(
  Object.entries(touchpointMessages).map(([type, { version = 1, summary, details }]) => [
    type,
    { type: `touchpoint.${type}`, version, summary, schema: factSchema(details) },
  ]),
);

/** Every contact and service act (domain §4), those of complaints included; corrections as facts of their own. */
export const touchpointsTopic: FactTopic = {
  kind: 'facts',
  name: 'touchpoints',
  description: 'Every touchpoint once, in order per customer. A correction is a further message that names the one it replaces.',
  keyedBy: 'journey, else complaint, else contact',
  partitions: 12,
  config: FOR_EVER,
  messages: [...messages.values()],
  messageOf(event) {
    const type = messages.get(event.type);
    if (type?.schema === undefined || type.schema === null) return null;
    const { journey, complaint, contact } = event.meta.subjects;
    const orderedBy = orderOf(event);
    return { type, key: journey ?? complaint ?? contact ?? orderedBy, orderedBy, data: factOf(event, type.schema) };
  },
};

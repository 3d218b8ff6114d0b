import { parseStreamName } from '@touchline/core';
import { factOf, factSchema, orderOf } from './envelope.js';
import type { FactTopic, MessageType } from './topic.js';
import { FOR_EVER } from './topic.js';
import { toldOf, touchpointMessages } from './touchpoint-messages.js';

const STEPS = ['received', 'acknowledged', 'resolved', 'closed'] as const;

const messages = new Map<string, MessageType>(
  STEPS.map((step) => {
    const { summary, fields } = touchpointMessages[`complaint-${step}`]!;
    return [`complaint-${step}`, { type: `complaint.${step}`, version: 1, summary, schema: factSchema(toldOf(fields)) }];
  }),
);

/** The course of each complaint (domain §8), for services that deal with nothing else. */
export const complaintsTopic: FactTopic = {
  kind: 'facts',
  name: 'complaints',
  description: 'The steps of every complaint. What was said is personal, and not among them.',
  keyedBy: 'complaint',
  partitions: 6,
  config: FOR_EVER,
  messages: [...messages.values()],
  messageOf(event) {
    const type = messages.get(event.type);
    if (type?.schema === undefined || type.schema === null) return null;
    const key = event.meta.subjects.complaint ?? parseStreamName(event.stream)?.id ?? event.stream;
    return { type, key, orderedBy: orderOf(event), data: factOf(event, type.schema) };
  },
};

import type { Released } from './compatibility.js';
import type { Schema } from './schema.js';
import { count, instant, list, object, text, whole } from './schema.js';
import type { MessageType, TopicDeclaration } from './topic.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Stored as it is, whatever a sender packs it with: else a message that is small on the way could be of any size here, or packed in
 * a way that no reader of ours can open.
 */
const NOT_PACKED = { 'compression.type': 'uncompressed' };

/** What other systems send is personal, and is kept for a week at most (ADR 0022); in segments of a day, so that it really goes. */
const A_WEEK = { 'cleanup.policy': 'delete', 'retention.ms': String(7 * DAY_MS), 'segment.ms': String(DAY_MS) };

/** Begins the type of every kind of message that is taken; the touchpoint's name follows. */
export const TAKEN = 'intake.';

/** What systems send; its messages are the bodies of the routes that take them. */
export const intakeTopic: Omit<TopicDeclaration, 'messages'> = {
  name: 'intake',
  description:
    'What other systems tell of touchpoints, each taken like the request it stands for. Attributes in headers, as told here, or all of it in one ' +
    'application/cloudevents+json. A message that fits its schema may still be refused, as a request may.',
  keyedBy: 'whatever belongs together, as its sender sees it',
  partitions: 6,
  config: { ...A_WEEK, ...NOT_PACKED, 'max.message.bytes': '1048588' },
};

/** Every version has the same meaning for whoever reads it, as on the topics that tell. */
export const rejectedMessage: MessageType & { schema: Schema } = {
  type: 'intake-rejected',
  version: 2,
  summary: 'A message was not taken: why, where it stood, and what it was, sealed',
  schema: object(
    {
      problem: object(
        { type: text('stable; ends in the code'), title: text(), status: whole('as over HTTP'), code: text(), detail: text() },
        {
          errors: list(object({ field: text('empty where its name is the sender’s own'), rule: text(), detail: text() })),
          furtherErrors: count('how many faults there are besides'),
        },
        'the problem document that a request would have been answered with (RFC 9457)',
      ),
      from: object(
        { topic: text(), partition: count(), offset: text() },
        { type: text(), source: text(), reference: text() },
        'where it stood, and what it said of itself',
      ),
      rejectedAt: instant(),
      tries: count('how often it was tried'),
      sealed: object({ tenant: text(), of: text(), content: text() }, {}, 'the message as it was sent; the platform alone opens it'),
    },
    {
      cut: object(
        { sentBytes: count(), keptBytes: count() },
        {},
        'where the message is too large to be kept whole; it cannot be tried again',
      ),
    },
  ),
};

export const settledMessage: MessageType = {
  type: 'intake-settled',
  version: 1,
  summary: 'Nothing is left to do about it',
  schema: null,
};

/** What was not taken, by where it stood. A reject is longer than its message, by the sealing. */
export const rejectedTopic: TopicDeclaration = {
  name: 'intake.rejected',
  description: 'What was not taken of what systems sent. The last record of a key counts; one without a value: settled.',
  keyedBy: 'place where the message stood',
  partitions: 3,
  config: { ...A_WEEK, 'max.message.bytes': '2097152' },
  messages: [rejectedMessage, settledMessage],
};

/** What is taken, each kind in its newest form, as it was released: the forms are the routes', and those are further up. */
export function takenMessages(released: readonly Released[]): (MessageType & { schema: Schema })[] {
  const newest = new Map<string, Released>();
  for (const each of released)
    if (each.type.startsWith(TAKEN) && each.version > (newest.get(each.type)?.version ?? 0)) newest.set(each.type, each);
  return [...newest.values()].map(({ type, version, schema: { $schema: _, $id: __, title, ...schema } }) => ({
    ...{ type, version, schema },
    summary: typeof title === 'string' ? title : type,
  }));
}

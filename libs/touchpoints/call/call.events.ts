import type { DataOf, EventDefinition } from '@touchline/core';
import { always, defineEvent, flag, instant, integer, text, texts } from '@touchline/core';
import { stated } from '../customer/question.events.js';
import { AS_TOLD_UNTIL, SEALED_FURTHER, touchpointFields } from '../touchpoint.events.js';

// Category `journey`, stream of the journey the call belongs to (domain §4.2). Stored shapes: never edit, only upcast.

/** How they heard of us: of the channel statistics (domain §11.1). */
export const heardBy = {
  media: text({ optional: true, max: 100, words: 'media', told: 'how they heard of us', label: ['来源媒体', 'media source'] }),
  campaign: text({ optional: true, max: 100, words: 'campaign', told: true, label: ['活动', 'campaign'] }),
};

const wanted = {
  visitAt: instant({ optional: true, told: true, label: ['约访时间', 'visit at'] }),
  nextCallAt: instant({ optional: true, told: true, label: ['下次联系时间', 'next call at'] }),
};

const durationSeconds = integer({ optional: true, max: 86_400, told: true, label: ['时长(秒)', 'duration in seconds'] });

/** What somebody notes of a call that came in. */
export const callNoted = {
  contactTaken: flag({
    description: 'true where the caller left contact details; such a call is a reception (domain §6)',
    told: 'false for a caller who left no details',
    label: ['已留联系方式', 'details left'],
  }),
  rings: integer({
    optional: true,
    max: 99,
    description: 'rings before it was answered',
    example: 2,
    told: true,
    label: ['响铃次数', 'rings'],
  }),
  durationSeconds: { ...durationSeconds, example: 160 },
  rolledOver: flag({
    optional: true,
    description: 'rolled over to the standby consultant',
    told: 'to the standby consultant',
    label: ['转接', 'rolled over'],
  }),
  repeatCaller: flag({ optional: true, told: true, label: ['重复来电', 'repeat caller'] }),
  visitInvited: flag({ optional: true, told: true, label: ['邀请来访', 'visit invited'] }),
  visitDeclined: flag({ optional: true, told: true, label: ['谢绝来访', 'visit declined'] }),
  ...wanted,
  visitAt: { ...wanted.visitAt, description: 'when the caller said they would come' },
  asked: texts({
    optional: true,
    maxItems: 20,
    max: 60,
    sealed: true,
    example: ['price', 'test drive'],
    label: ['咨询内容', 'asked'],
  }),
};

const { visitDeclined, nextCallAt, asked, ...firstNoted } = callNoted;
/** What is kept of a call that came in, in the order of its messages. One that left no details claims nothing (domain §6.1). */
export const callKept = { ...firstNoted, visitDeclined, nextCallAt, asked, ...heardBy, stated };
const receivedFields = { ...touchpointFields, ...callKept };
export type CallReceived = DataOf<typeof receivedFields>;

/** What somebody notes of a call that was made; one that nobody answered is no effective follow-up (domain §4.2). */
export const callMadeNoted = {
  reached: flag({ description: 'false where nobody answered', told: 'false where nobody answered', label: ['已接通', 'reached'] }),
  durationSeconds,
  ...wanted,
  purpose: text({ optional: true, max: 200, sealed: true, label: ['用途', 'purpose'] }),
};

const madeFields = { ...touchpointFields, ...callMadeNoted };
export type CallMade = DataOf<typeof madeFields>;

export type CallEvent = { type: 'call-received'; data: CallReceived } | { type: 'call-made'; data: CallMade };

export const callEvents: EventDefinition[] = [
  defineEvent({
    type: 'call-received',
    version: 3,
    upcasters: { ...SEALED_FURTHER, ...AS_TOLD_UNTIL(2) },
    touchpoint: true,
    reaches: always,
    label: ['来电', 'Call received'],
    message: { summary: 'A call came in' },
    fields: receivedFields,
  }),
  defineEvent({
    type: 'call-made',
    version: 2,
    upcasters: SEALED_FURTHER,
    touchpoint: true,
    reaches: ({ reached }) => reached === true,
    label: ['去电', 'Call made'],
    message: { summary: 'A call was made' },
    fields: madeFields,
  }),
];

import type { DataOf, EventDefinition } from '@touchline/core';
import { always, defineEvent, instant, text } from '@touchline/core';
import { touchpointFields } from '../touchpoint.events.js';

// Category `journey`, stream of the journey whose home or vehicle is waited for (domain §4.5). Stored shapes: never edit, only upcast.

/** What the customer is told while they wait: how the building comes on, when the vehicle arrives. */
export const progressNoted = {
  news: text({ max: 1_000, sealed: true, example: '车辆已从工厂发运', label: ['进度', 'news'] }),
  expectedAt: instant({
    optional: true,
    description: 'when it is expected by now',
    told: true,
    label: ['预计时间', 'expected at'],
  }),
};

const fields = { ...touchpointFields, ...progressNoted };
export type ProgressTold = DataOf<typeof fields>;

export type ProgressEvent = { type: 'progress-told'; data: ProgressTold };

export const progressEvents: EventDefinition[] = [
  defineEvent({
    type: 'progress-told',
    version: 1,
    touchpoint: true,
    reaches: always,
    label: ['进度告知', 'Progress told'],
    message: { summary: 'A customer was told how what they wait for comes on' },
    fields,
  }),
];

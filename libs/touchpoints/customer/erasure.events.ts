import type { DataOf, EventDefinition } from '@touchline/core';
import { defineEvent, instant, integer } from '@touchline/core';
import { erasureNoted } from './customer.events.js';

// Category `erasure`, one stream per customer: how far their erasure has come (ADR 0015). Nothing in it is personal. Stored shapes:
// never edit, only upcast.

/** Promised, before anything is destroyed; its metadata is the sender's command, which whoever goes on records the rest under. */
export type ErasureBegun = DataOf<typeof erasureNoted>;

const putOffFields = {
  /** From 1. */
  attempt: integer({ min: 1, label: ['次数', 'attempt'] }),
  until: instant({ label: ['延至', 'until'] }),
};
/** All that is known is destroyed, but the view that tells what else was tied to the person did not come far enough in time. */
export type ErasurePutOff = DataOf<typeof putOffFields>;

const completedFields = {
  putOff: integer({ description: 'how often it was put off', label: ['延后次数', 'times put off'] }),
};
/** Nothing is left to do. */
export type ErasureCompleted = DataOf<typeof completedFields>;

export type ErasureEvent =
  | { type: 'erasure-begun'; data: ErasureBegun }
  | { type: 'erasure-put-off'; data: ErasurePutOff }
  | { type: 'erasure-completed'; data: ErasureCompleted };

export const erasureEvents: EventDefinition[] = [
  defineEvent({ type: 'erasure-begun', version: 1, touchpoint: false, label: ['开始删除', 'Erasure begun'], fields: erasureNoted }),
  defineEvent({ type: 'erasure-put-off', version: 1, touchpoint: false, label: ['删除延后', 'Erasure put off'], fields: putOffFields }),
  defineEvent({
    type: 'erasure-completed',
    version: 1,
    touchpoint: false,
    label: ['删除完成', 'Erasure completed'],
    fields: completedFields,
  }),
];

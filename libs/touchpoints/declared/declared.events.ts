import type { DataOf, EventDefinition } from '@touchline/core';
import { always, defineEvent, map, slug } from '@touchline/core';
import { SEALED_FURTHER, touchpointFields } from '../touchpoint.events.js';

// Category `journey`, stream of the journey it belongs to: a touchpoint whose type a playbook declares (domain §2.3).
// Stored shapes: never edit, only upcast.

/** What is stated of one, by the schema that the journey's playbook gives to its kind. */
export const declaredNoted = {
  kind: slug({
    description: "name under which the journey's playbook declares it",
    example: 'needs-recorded',
    told: 'as the playbook names the type',
    label: ['类型', 'kind'],
  }),
  fields: map({
    mayBeEmpty: true,
    description: 'fits the schema that the playbook gives to the kind; fields that may hold any text are sealed',
    example: { use: 'family', buysWithinDays: 14, decider: 'self' },
    told: "by that type's schema in the playbook: numbers, times, yes or no, choices and words; no field that may hold any text",
    label: ['内容', 'fields'],
  }),
};
const statedFields = { ...touchpointFields, ...declaredNoted };
export type TouchpointStated = DataOf<typeof statedFields>;

/** In clear stand numbers, times, yes or no, choices of the playbook and words of the group; version 1 had all of them there. */
const recordedFields = { ...statedFields, textFields: map({ optional: true, sealed: true, label: ['文字内容', 'fields of text'] }) };
export type TouchpointRecorded = DataOf<typeof recordedFields>;

export type DeclaredEvent = { type: 'touchpoint-recorded'; data: TouchpointRecorded };

export const declaredEvents: EventDefinition[] = [
  defineEvent({
    type: 'touchpoint-recorded',
    version: 2,
    upcasters: SEALED_FURTHER,
    touchpoint: true,
    reaches: always,
    label: ['触点', 'Touchpoint'],
    message: { version: 2, summary: 'A touchpoint whose type the playbook declares' },
    fields: recordedFields,
  }),
];

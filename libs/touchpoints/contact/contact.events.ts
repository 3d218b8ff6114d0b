import type { DataOf, EventDefinition, Fields, JsonObject } from '@touchline/core';
import { choice, defineEvent, id, optionalAll, slug, text } from '@touchline/core';
import { callKept } from '../call/call.events.js';
import { AS_TOLD_UNTIL, SEALED_FURTHER, note, touchpointFields } from '../touchpoint.events.js';
import { visitKept } from '../visit/visit.events.js';

// Category and stream: `contact`, one stream per call or visit that left no details (未留资, domain §2.1). Stored shapes: never
// edit, only upcast.

export const CONTACT_KINDS = ['call', 'visit'] as const;
export type ContactKind = (typeof CONTACT_KINDS)[number];

/** A name that was given without anything to reach them by. */
export const callerName = text({
  optional: true,
  max: 100,
  sealed: true,
  description: 'a name (周先生) given without anything to reach them by; kept sealed',
  label: ['来电人姓名', 'name given'],
});

const ofItsOwn = {
  ...touchpointFields,
  kind: choice(CONTACT_KINDS, { told: true, label: ['类型', 'kind'] }),
  siteId: slug({ told: true, label: ['案场', 'site'] }),
  callerName,
};

/** Beside its own it carries the fields of a call or a visit as they stand in those events, none of which need be given. */
const recordedFields: Fields = { ...ofItsOwn, ...optionalAll({ ...callKept, ...visitKept }) };
export type ContactRecorded = JsonObject & DataOf<typeof ofItsOwn>;

const customerId = id({ label: ['客户编号', 'customer id'] });
export const tieNoted = {
  journeyId: id({ description: 'journey of whoever it was', label: ['旅程编号', 'journey id'] }),
  note: { ...note, description: 'how it turned out; kept sealed' },
};
const tiedFields = { customerId, ...tieNoted };
export type ContactTied = DataOf<typeof tiedFields>;

export const untieNoted = {
  reason: text({
    max: 4000,
    sealed: true,
    description: 'why the tie was an error; kept sealed',
    example: '同名的另一位客户',
    label: ['理由', 'reason'],
  }),
};
/** A tie made in error. */
const untiedFields = { customerId, journeyId: tieNoted.journeyId, ...untieNoted };
export type ContactUntied = DataOf<typeof untiedFields>;

export type ContactEvent =
  | { type: 'contact-recorded'; data: ContactRecorded }
  | { type: 'contact-tied'; data: ContactTied }
  | { type: 'contact-untied'; data: ContactUntied };

export const contactEvents: EventDefinition[] = [
  defineEvent({
    type: 'contact-recorded',
    version: 3,
    upcasters: { ...SEALED_FURTHER, ...AS_TOLD_UNTIL(2) },
    touchpoint: true,
    subject: 'contact',
    label: ['未留资来电来访', 'Contact recorded'],
    message: { summary: 'A call or visit of somebody who left no details' },
    fields: recordedFields,
  }),
  defineEvent({
    type: 'contact-tied',
    ties: true,
    version: 1,
    touchpoint: false,
    subject: 'contact',
    label: ['归入客户', 'Tied to the customer'],
    fields: tiedFields,
  }),
  defineEvent({
    type: 'contact-untied',
    ties: true,
    version: 1,
    touchpoint: false,
    subject: 'contact',
    label: ['解除归入', 'Tie undone'],
    fields: untiedFields,
  }),
];

import type { DataOf, EventDefinition } from '@touchline/core';
import { always, defineEvent, flag, form, instant, integer, object, text } from '@touchline/core';
import type { TouchpointData } from '../touchpoint.events.js';
import { SEALED_FURTHER, touchpointFields } from '../touchpoint.events.js';

// Category `journey`, stream of the journey whose home or vehicle is handed over (domain §3, §4.5).
// Stored shapes: never edit, only upcast. The fold of what stands is in ../journey/dealings.fold.ts.

/** Which contract is being fulfilled. */
const contract = integer({
  min: -Infinity,
  told: 'which contract; 0 where the source names none',
  label: ['合同', 'contract'],
});

/** `reason` is what the customer is told with the new date (domain §3.2). */
export const appointmentNoted = {
  at: instant({ description: 'the time agreed', told: 'the time agreed', label: ['约定时间', 'time agreed'] }),
  reason: text({
    optional: true,
    sealed: true,
    description: 'why an appointment is moved; needed where one holds',
    example: 'transport',
    label: ['理由', 'reason'],
  }),
  customerToldAt: instant({
    optional: true,
    description: 'when the customer was told of the new time',
    told: true,
    label: ['告知客户时间', 'customer told at'],
  }),
};
const appointmentFields = { ...touchpointFields, ...appointmentNoted };
export type HandoverAppointment = DataOf<typeof appointmentFields>;

const scheduledFields = { ...appointmentFields, contract };
export type HandoverScheduled = DataOf<typeof scheduledFields>;

const rescheduledFields = { ...scheduledFields, previousAt: instant({ told: true, label: ['原定时间', 'previous time'] }) };
export type HandoverRescheduled = DataOf<typeof rescheduledFields>;

const checklist = form('ChecklistDto', {
  passed: integer({ max: 10_000, example: 42, told: true, label: ['通过', 'passed'] }),
  failed: integer({ max: 10_000, example: 0, told: true, label: ['未通过', 'failed'] }),
});

/** What was done at the handover, as it was recorded; absent is "not stated", which is not "no". */
export const reportNoted = {
  checklist: object(checklist, {
    optional: true,
    description: 'items as the customer ticked them',
    told: true,
    label: ['验收清单', 'checklist'],
  }),
  documents: flag({
    optional: true,
    description: 'absent is "not stated", here and below',
    told: true,
    label: ['资料交付', 'documents'],
  }),
  keys: flag({ optional: true, told: true, label: ['钥匙交付', 'keys'] }),
  feesExplained: flag({ optional: true, told: true, label: ['费用说明', 'fees explained'] }),
  fitOutGuidance: flag({ optional: true, told: true, label: ['装修指引', 'fit-out guidance'] }),
  complaintGuidance: flag({ optional: true, told: true, label: ['投诉渠道说明', 'complaints explained'] }),
  serviceContactIntroduced: flag({ optional: true, told: true, label: ['介绍服务专员', 'service contact introduced'] }),
  photo: flag({ optional: true, description: 'a photo was taken', told: true, label: ['合影', 'photo'] }),
};
export type HandoverReport = TouchpointData & DataOf<typeof reportNoted>;

const completedFields = { ...touchpointFields, contract, ...reportNoted };
export type HandoverCompleted = DataOf<typeof completedFields>;

export type HandoverEvent =
  | { type: 'handover-scheduled'; data: HandoverScheduled }
  | { type: 'handover-rescheduled'; data: HandoverRescheduled }
  | { type: 'handover-completed'; data: HandoverCompleted };

export const handoverEvents: EventDefinition[] = [
  defineEvent({
    type: 'handover-scheduled',
    version: 2,
    upcasters: SEALED_FURTHER,
    touchpoint: true,
    reaches: always,
    label: ['预约交付', 'Handover scheduled'],
    message: { summary: 'A handover was agreed on' },
    fields: scheduledFields,
  }),
  defineEvent({
    type: 'handover-rescheduled',
    version: 2,
    upcasters: SEALED_FURTHER,
    touchpoint: true,
    reaches: always,
    label: ['改期交付', 'Handover rescheduled'],
    message: { summary: 'A handover was moved' },
    fields: rescheduledFields,
  }),
  defineEvent({
    type: 'handover-completed',
    version: 1,
    touchpoint: true,
    reaches: always,
    label: ['完成交付', 'Handed over'],
    message: { summary: 'The home or vehicle was handed over' },
    fields: completedFields,
  }),
];

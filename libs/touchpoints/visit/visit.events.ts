import type { DataOf, EventDefinition } from '@touchline/core';
import { always, defineEvent, flag, instant, integer, text, texts, user } from '@touchline/core';
import { heardBy } from '../call/call.events.js';
import { stated } from '../customer/question.events.js';
import { AS_TOLD_UNTIL, touchpointFields } from '../touchpoint.events.js';

// Category `journey`, stream of the journey the visit belongs to (domain §4.3). Stored shapes: never edit, only upcast.

/** What somebody notes of a visit. */
export const visitNoted = {
  batchSize: integer({
    min: 1,
    max: 99,
    description: 'people who came together',
    example: 2,
    told: 'people who came together',
    label: ['同行人数', 'people who came'],
  }),
  first: flag({
    description: 'true for the first visit of this purchase intent; first-time batches are what the boards count',
    example: true,
    told: 'first visit of this intent',
    label: ['首次', 'first'],
  }),
  contactTaken: flag({
    description: 'true where they left contact details',
    example: true,
    told: true,
    label: ['已留联系方式', 'details left'],
  }),
  byAppointment: flag({ optional: true, told: true, label: ['预约来访', 'by appointment'] }),
  arrivedAt: instant({
    optional: true,
    description: 'when they came in, where the visit is dated otherwise',
    told: true,
    label: ['到达时间', 'arrived at'],
  }),
  greetedAfterSeconds: integer({
    optional: true,
    max: 86_400,
    description: 'from coming in to the first greeting',
    example: 40,
    told: true,
    label: ['接待等候(秒)', 'greeted after seconds'],
  }),
  homeDistrict: text({
    optional: true,
    max: 100,
    sealed: true,
    description: 'where they live; kept sealed',
    example: '浦东新区',
    label: ['居住区域', 'home district'],
  }),
  wishToBuy: flag({ optional: true, description: 'they said that they wish to buy', told: true, label: ['购买意愿', 'wish to buy'] }),
  onBehalfOf: user({
    optional: true,
    description: 'owner for whom a colleague received (代接待): no change of owner',
    told: 'the owner for whom a colleague received',
    label: ['代接待', 'on behalf of'],
  }),
  materialShown: texts({
    optional: true,
    maxItems: 20,
    words: 'material',
    example: ['brochure'],
    told: true,
    label: ['展示资料', 'material shown'],
  }),
  risksShown: texts({
    optional: true,
    maxItems: 20,
    words: 'risk',
    description: 'known drawbacks that were disclosed',
    example: ['substation, 80 m north'],
    told: true,
    label: ['告知风险', 'risks disclosed'],
  }),
};

const { wishToBuy, onBehalfOf, materialShown, risksShown, ...firstNoted } = visitNoted;
/** What is kept of a visit, in the order of its messages. First-time batches are what the boards count (domain §11.1). */
export const visitKept = { ...firstNoted, ...heardBy, wishToBuy, onBehalfOf, materialShown, risksShown, stated };
/** `responsibleId` is who received the customer (domain §6.3). */
const fields = { ...touchpointFields, ...visitKept };
export type VisitReceived = DataOf<typeof fields>;

export type VisitEvent = { type: 'visit-received'; data: VisitReceived };

export const visitEvents: EventDefinition[] = [
  defineEvent({
    type: 'visit-received',
    version: 2,
    upcasters: AS_TOLD_UNTIL(1),
    touchpoint: true,
    reaches: always,
    label: ['来访接待', 'Visit received'],
    message: { summary: 'Somebody came' },
    fields,
  }),
];

import type { DataOf, EventDefinition } from '@touchline/core';
import { choice, defineEvent, id, integer, mapOfTexts, slug, text } from '@touchline/core';
import { AS_TOLD_UNTIL, SEALED_FURTHER, note } from '../touchpoint.events.js';

// Category and stream: `journey`, one stream per purchase intent (domain §2.1). Stored shapes: never edit, only upcast.

/** `customerId` is absent where an imported journey is opened unidentified (domain §15). */
const openedFields = {
  siteId: slug({ label: ['案场', 'site'] }),
  unitId: slug({ label: ['单位', 'unit'] }),
  productLine: slug({ label: ['产品线', 'product line'] }),
  customerId: id({ optional: true, label: ['客户编号', 'customer id'] }),
  /** Counts the journeys of this customer at this site for this product line, from 0. */
  ordinal: integer({ label: ['序号', 'ordinal'] }),
  media: text({ optional: true, max: 100, words: 'media', label: ['来源媒体', 'media source'] }),
  product: text({ optional: true, max: 100, words: 'product', label: ['产品', 'product'] }),
  attributes: mapOfTexts({ optional: true, words: 'label', label: ['标签', 'labels'] }),
};
export type JourneyOpened = DataOf<typeof openedFields>;

const identifiedFields = { customerId: id({ label: ['客户编号', 'customer id'] }) };
export type JourneyIdentified = DataOf<typeof identifiedFields>;

const ownerFields = {
  ownerId: id({ label: ['归属顾问', 'consultant'] }),
  reason: choice(['first-reception', 'reassigned', 'source'], { label: ['理由', 'reason'] }),
  note,
};
export type JourneyOwnerAssigned = DataOf<typeof ownerFields>;

export const LOSS_KINDS = ['bought-elsewhere', 'gave-up', 'unreachable', 'unknown'] as const;
export type LossKind = (typeof LOSS_KINDS)[number];

/** What the boards count is the kind, not the reason in words. */
export const lossNoted = {
  kind: choice(LOSS_KINDS, { told: true, label: ['类型', 'kind'] }),
  to: text({
    optional: true,
    max: 100,
    sealed: true,
    description: 'the competitor it went to; kept sealed',
    example: '他牌',
    label: ['流向', 'went to'],
  }),
  why: text({
    optional: true,
    max: 100,
    sealed: true,
    description: 'the reason in words; kept sealed',
    example: 'price',
    label: ['战败原因', 'why'],
  }),
};
const lostFields = { ...lossNoted, note };
export type JourneyLost = DataOf<typeof lostFields>;

const reactivatedFields = {
  cause: choice(['customer-came-back', 'recorded-in-error', 'manager'], { told: true, label: ['原因', 'cause'] }),
  note,
};
export type JourneyReactivated = DataOf<typeof reactivatedFields>;

export type JourneyEvent =
  | { type: 'journey-opened'; data: JourneyOpened }
  | { type: 'journey-identified'; data: JourneyIdentified }
  | { type: 'journey-owner-assigned'; data: JourneyOwnerAssigned }
  | { type: 'journey-lost'; data: JourneyLost }
  | { type: 'journey-reactivated'; data: JourneyReactivated };

export const journeyEvents: EventDefinition[] = [
  defineEvent({
    type: 'journey-opened',
    version: 3,
    upcasters: { ...AS_TOLD_UNTIL(1), ...AS_TOLD_UNTIL(2) },
    touchpoint: false,
    label: ['开启旅程', 'Journey opened'],
    fields: openedFields,
  }),
  defineEvent({
    type: 'journey-identified',
    ties: true,
    version: 1,
    touchpoint: false,
    label: ['确认客户', 'Customer identified'],
    fields: identifiedFields,
  }),
  defineEvent({
    type: 'journey-owner-assigned',
    version: 1,
    touchpoint: false,
    label: ['指定归属顾问', 'Consultant assigned'],
    fields: ownerFields,
  }),
  defineEvent({
    type: 'journey-lost',
    version: 2,
    upcasters: SEALED_FURTHER,
    touchpoint: true,
    label: ['战败', 'Lost'],
    message: { version: 2, summary: 'The journey was lost' },
    fields: lostFields,
  }),
  defineEvent({
    type: 'journey-reactivated',
    version: 1,
    touchpoint: true,
    label: ['重新激活', 'Taken up again'],
    message: { summary: 'A lost journey was taken up again' },
    fields: reactivatedFields,
  }),
];

import type { EventDefinition, RecordedEvent } from '@touchline/core';
import { defineEvent } from '@touchline/core';
import type { TouchpointData } from '../touchpoint.events.js';
import { AS_TOLD_UNTIL } from '../touchpoint.events.js';

// Category and stream: `complaint`, one stream per complaint (domain §8). Stored shapes: never edit, only upcast.

export const HOME_COMPLAINTS = [
  'timber-doors',
  'decoration',
  'leakage',
  'windows-and-doors',
  'cracks',
  'plumbing-heating-ventilation',
  'sales-promises',
  'area',
  'planning-change',
  'surroundings',
  'service-change',
] as const;
export const CAR_COMPLAINTS = ['product-quality', 'sales-promises', 'delivery', 'repair', 'price', 'attitude'] as const;
export const COMPLAINT_CATEGORIES = [...new Set([...HOME_COMPLAINTS, ...CAR_COMPLAINTS])];
export type ComplaintCategory = (typeof COMPLAINT_CATEGORIES)[number];

export const SEVERITIES = ['low', 'normal', 'high', 'urgent'] as const;
export const RESPONSIBILITIES = ['ours', 'not-ours', 'shared', 'undetermined'] as const;
/** What a remedy or compensation rests on. */
export const GROUNDS = ['law', 'contract', 'quality-standard', 'national-code'] as const;

export interface ComplaintReceived extends TouchpointData {
  category: ComplaintCategory;
  /** The whole account, verbatim. */
  account: string;
  /** The solution the customer desires. */
  wish?: string;
  severity?: (typeof SEVERITIES)[number];
  /** Building or batch concerned; complaints of one category and building suggest one cause. */
  building?: string;
}

export interface ComplaintResolved extends TouchpointData {
  resolution: string;
  /** Said plainly, even where it is undetermined. */
  responsibility: (typeof RESPONSIBILITIES)[number];
  ground?: (typeof GROUNDS)[number];
}

export type ComplaintEvent =
  | { type: 'complaint-received'; data: ComplaintReceived }
  | { type: 'complaint-acknowledged'; data: TouchpointData }
  | { type: 'complaint-resolved'; data: ComplaintResolved }
  | { type: 'complaint-closed'; data: TouchpointData };

export const complaintEvents: EventDefinition[] = [
  defineEvent({
    type: 'complaint-received',
    version: 2,
    upcasters: AS_TOLD_UNTIL(1),
    touchpoint: true,
    personal: { subject: 'customer', fields: ['account', 'wish', 'note'] },
    words: { building: 'building' },
  }),
  defineEvent({ type: 'complaint-acknowledged', version: 1, touchpoint: true, personal: { subject: 'customer', fields: ['note'] } }),
  defineEvent({
    type: 'complaint-resolved',
    version: 1,
    touchpoint: true,
    personal: { subject: 'customer', fields: ['resolution', 'note'] },
  }),
  defineEvent({ type: 'complaint-closed', version: 1, touchpoint: true, personal: { subject: 'customer', fields: ['note'] } }),
];

const STEPS = ['received', 'acknowledged', 'resolved', 'closed'] as const;
export type ComplaintStatus = (typeof STEPS)[number];

/** Where a complaint stands; all null before it was received. */
export interface ComplaintStanding {
  status: ComplaintStatus | null;
  customerId: string | null;
  journeyId: string | null;
  siteId: string | null;
  /** When its latest step happened. */
  since: string | null;
}

export const noComplaint: ComplaintStanding = { status: null, customerId: null, journeyId: null, siteId: null, since: null };

export function evolveComplaint(complaint: ComplaintStanding, event: RecordedEvent): ComplaintStanding {
  const { subjects } = event.meta;
  switch ((event as RecordedEvent<ComplaintEvent>).type) {
    case 'complaint-received':
      return {
        ...step(complaint, 'received', event),
        customerId: subjects.customer ?? null,
        journeyId: subjects.journey ?? null,
        siteId: subjects.site ?? null,
      };
    case 'complaint-acknowledged':
      return step(complaint, 'acknowledged', event);
    case 'complaint-resolved':
      return step(complaint, 'resolved', event);
    case 'complaint-closed':
      return step(complaint, 'closed', event);
    default:
      return complaint;
  }
}

/** A later step stands for the earlier ones, so one that is told late leads nowhere back (domain §8.1). */
function step(complaint: ComplaintStanding, status: ComplaintStatus, event: RecordedEvent): ComplaintStanding {
  const { occurredAt } = event.meta;
  return {
    ...complaint,
    status: complaint.status !== null && STEPS.indexOf(complaint.status) > STEPS.indexOf(status) ? complaint.status : status,
    since: complaint.since !== null && complaint.since > occurredAt ? complaint.since : occurredAt,
  };
}

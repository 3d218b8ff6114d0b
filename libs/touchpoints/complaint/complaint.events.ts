import type { DataOf, EventDefinition } from '@touchline/core';
import { choice, defineEvent, text } from '@touchline/core';
import type { TouchpointData } from '../touchpoint.events.js';
import { AS_TOLD_UNTIL, touchpointFields } from '../touchpoint.events.js';

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

export const SEVERITIES = ['low', 'normal', 'high', 'urgent'] as const;
export const RESPONSIBILITIES = ['ours', 'not-ours', 'shared', 'undetermined'] as const;
/** What a remedy or compensation rests on. */
export const GROUNDS = ['law', 'contract', 'quality-standard', 'national-code'] as const;

/** Complaints of one category and building suggest one cause. */
export const complaintNoted = {
  category: choice(COMPLAINT_CATEGORIES, { told: true, label: ['类别', 'category'] }),
  account: text({
    max: 20_000,
    sealed: true,
    description: 'the whole account, word for word; kept sealed',
    example: '厨房顶棚渗水,昨夜滴到灶台',
    label: ['投诉原文', 'account'],
  }),
  wish: text({
    optional: true,
    max: 4000,
    sealed: true,
    description: 'the solution the customer desires; kept sealed',
    example: '修好并重新粉刷',
    label: ['客户诉求', 'wish'],
  }),
  severity: choice(SEVERITIES, { optional: true, told: true, label: ['严重程度', 'severity'] }),
  building: text({
    optional: true,
    max: 100,
    words: 'building',
    description: 'building or batch concerned',
    example: '3',
    told: 'building or batch concerned',
    label: ['楼栋或批次', 'building or batch'],
  }),
};
const receivedFields = { ...touchpointFields, ...complaintNoted };
export type ComplaintReceived = DataOf<typeof receivedFields>;

export const resolutionNoted = {
  resolution: text({
    max: 4000,
    sealed: true,
    description: 'what was done; kept sealed',
    example: '重新密封并粉刷,已复查。',
    label: ['处理结果', 'resolution'],
  }),
  responsibility: choice(RESPONSIBILITIES, {
    description: 'said plainly, even where it is undetermined',
    told: true,
    label: ['责任', 'responsibility'],
  }),
  ground: choice(GROUNDS, {
    optional: true,
    description: 'what a remedy or compensation rests on',
    told: true,
    label: ['依据', 'ground'],
  }),
};
const resolvedFields = { ...touchpointFields, ...resolutionNoted };
export type ComplaintResolved = DataOf<typeof resolvedFields>;

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
    label: ['收到投诉', 'Complaint received'],
    message: { summary: 'Somebody complained' },
    fields: receivedFields,
  }),
  defineEvent({
    type: 'complaint-acknowledged',
    version: 1,
    touchpoint: true,
    label: ['受理投诉', 'Complaint acknowledged'],
    message: { summary: 'The receipt of a complaint was confirmed' },
    fields: touchpointFields,
  }),
  defineEvent({
    type: 'complaint-resolved',
    version: 1,
    touchpoint: true,
    label: ['解决投诉', 'Complaint resolved'],
    message: { summary: 'A complaint was answered with a resolution' },
    fields: resolvedFields,
  }),
  defineEvent({
    type: 'complaint-closed',
    version: 1,
    touchpoint: true,
    label: ['结案', 'Complaint closed'],
    message: { summary: 'A complaint was closed' },
    fields: touchpointFields,
  }),
];

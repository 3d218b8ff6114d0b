import type { Permission } from '@touchline/core';
import { id, slug } from '@touchline/core';
import type { RecordAct } from '../command.js';
import { CORRECTING, MAY_RECORD, onRecord, touchpoint } from '../declare.js';
import { touchpointForm } from '../forms.js';
import { complaintDecider } from './complaint.decider.js';
import { complaintEvents, complaintNoted, resolutionNoted } from './complaint.events.js';

const COMMON = { tag: 'complaints', category: 'complaint', idField: 'complaintId', decider: complaintDecider } as const;
/** Whoever hears a complaint records it; those who answer for it take it further (domain §1.1, §8). */
const MAY_SETTLE = { roles: ['service-manager', 'manager'], scope: 'site' } as const satisfies Permission;
const OF_A_COMPLAINT = ['complaint.unknown', 'complaint.already-closed', 'complaint.out-of-order', 'user.unknown', ...CORRECTING] as const;

const on = ({ id, about: _, ...act }: RecordAct) => ({ complaintId: id, ...act });
const answered = { channel: 'phone', direction: 'out' } as const;
const step = { ...touchpointForm, complaintId: id() };

const complaintCommands = [
  onRecord({
    ...COMMON,
    name: 'complaint-received',
    operation: 'Complaint_received',
    path: 'complaints/received',
    summary: 'Record a complaint received (投诉)',
    who: MAY_RECORD,
    taken: true,
    formName: 'ComplaintReceivedDto',
    fields: complaintNoted,
    input: {
      ...touchpointForm,
      journeyId: id({
        optional: true,
        description: 'journey it is about; else name the customer and the site',
        notBeside: ['customerId', 'siteId', 'complaintId'],
      }),
      customerId: id({ optional: true, example: '3f0c2a7e-5b1d-5c8e-9a46-7d2e8b90c1f4', notBeside: ['complaintId'] }),
      siteId: slug({ optional: true, example: 'yunqili', notBeside: ['complaintId'] }),
      complaintId: id({ optional: true, description: 'complaint whose receipt is corrected' }),
      ...complaintNoted,
    },
    begins: true,
    stated: { channel: 'hotline', direction: 'in' },
    command: (act, complaint) => ({ ...on(act), act: 'receive' as const, complaint, ...(act.about && { about: act.about }) }),
    refusals: [
      'complaint.unknown',
      'complaint.already-received',
      'complaint.customer-missing',
      'word.unknown',
      'contact.site-missing',
      'site.unknown',
      'journey.unknown',
      'customer.unknown',
      'user.unknown',
      ...CORRECTING,
    ],
  }),
  onRecord({
    ...COMMON,
    name: 'complaint-acknowledged',
    operation: 'Complaint_acknowledged',
    path: 'complaints/acknowledged',
    summary: 'Record that the customer was thanked and told who acts',
    who: MAY_SETTLE,
    formName: 'ComplaintStepDto',
    fields: {},
    input: step,
    stated: answered,
    command: (act, acknowledgement) => ({ ...on(act), act: 'acknowledge' as const, acknowledgement }),
    refusals: [...OF_A_COMPLAINT, 'complaint.already-acknowledged', 'complaint.already-resolved'],
  }),
  onRecord({
    ...COMMON,
    name: 'complaint-resolved',
    operation: 'Complaint_resolved',
    path: 'complaints/resolved',
    summary: 'Record what was done, and whose responsibility it is',
    who: MAY_SETTLE,
    formName: 'ComplaintResolvedDto',
    fields: resolutionNoted,
    input: { ...step, ...resolutionNoted },
    stated: answered,
    command: (act, resolution) => ({ ...on(act), act: 'resolve' as const, resolution }),
    refusals: [...OF_A_COMPLAINT, 'complaint.already-resolved'],
  }),
  onRecord({
    ...COMMON,
    name: 'complaint-closed',
    operation: 'Complaint_closed',
    path: 'complaints/closed',
    summary: 'Close a resolved complaint',
    who: MAY_SETTLE,
    formName: 'ComplaintStepDto',
    fields: {},
    input: step,
    stated: answered,
    command: (act, closing) => ({ ...on(act), act: 'close' as const, closing }),
    refusals: [...OF_A_COMPLAINT, 'complaint.not-resolved'],
  }),
];

export const complaint = touchpoint({
  name: 'complaint',
  tags: { complaints: 'complaints, from their receipt to their close' },
  events: complaintEvents,
  commands: complaintCommands,
  refusals: {
    'complaint.unknown': 404,
    'complaint.already-received': 409,
    'complaint.customer-missing': 422,
    'complaint.category-unknown': 422,
    'complaint.account-missing': 422,
    'complaint.already-acknowledged': 409,
    'complaint.already-resolved': 409,
    'complaint.already-closed': 409,
    'complaint.not-resolved': 409,
    'complaint.out-of-order': 422,
  },
});

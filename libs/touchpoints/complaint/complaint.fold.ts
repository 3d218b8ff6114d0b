import type { Fold, RecordedEvent } from '@touchline/core';
import type { ComplaintEvent } from './complaint.events.js';

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

export const complaintFold: Fold<ComplaintStanding> = { name: 'complaint', initial: noComplaint, evolve: evolveComplaint };

/** A later step stands for the earlier ones, so one that is told late leads nowhere back (domain §8.1). */
function step(complaint: ComplaintStanding, status: ComplaintStatus, event: RecordedEvent): ComplaintStanding {
  const { occurredAt } = event.meta;
  return {
    ...complaint,
    status: complaint.status !== null && STEPS.indexOf(complaint.status) > STEPS.indexOf(status) ? complaint.status : status,
    since: complaint.since !== null && complaint.since > occurredAt ? complaint.since : occurredAt,
  };
}

import type { Projection, RecordedEvent } from '@touchline/core';
import { STOP_AT_ONCE, parseStreamName } from '@touchline/core';
import type { ComplaintEvent, ComplaintStanding } from '@touchline/touchpoints/complaint/complaint.events.js';
import { evolveComplaint, noComplaint } from '@touchline/touchpoints/complaint/complaint.events.js';
import type { ContactStanding } from '@touchline/touchpoints/contact/contact.events.js';
import { evolveContact, noContact } from '@touchline/touchpoints/contact/contact.events.js';
import type { CustomerEvent } from '@touchline/touchpoints/customer/customer.events.js';
import { standingQuote } from '@touchline/touchpoints/journey/dealings.events.js';
import { categoryOf, lifecycleOf, lifecycleRank } from '@touchline/touchpoints/journey/journey-status.events.js';
import type { Category, Lifecycle } from '@touchline/touchpoints/journey/journey-status.events.js';
import { standingStage } from '@touchline/touchpoints/journey/journey-stage.events.js';
import type { JourneyColumns, JourneyFacts } from '../journey-facts.events.js';
import { JOURNEY_COLUMNS, evolveFacts, journeyColumns, noFacts, stagesOf, statusOf } from '../journey-facts.events.js';
import { isTouchpoint } from '../touchpoint-kinds.events.js';

export const PART_KINDS = ['customer', 'journey', 'complaint', 'contact'] as const;
export type PartKind = (typeof PART_KINDS)[number];

/**
 * One part of a customer's status: what one stream says. The status of a customer is a function of the parts its reader
 * may see, so that sites (D4) and merges (D3) hold by construction. What a kind does not know is null.
 */
export interface CustomerPart extends JourneyColumns {
  /** Id of the stream's entity. */
  id: string;
  tenant: string;
  kind: PartKind;
  /** journey: open, lost · complaint: its step · contact: recorded, tied · customer: registered. */
  status: string;
  /** Journeys that are not lost, complaints that are not closed, contacts that are tied to nobody. */
  open: boolean;
  stageId: string | null;
  stageOrder: number | null;
  stageEnteredAt: string | null;
  lifecycle: Lifecycle | null;
  lifecycleRank: number | null;
  category: Category | null;
  quoteStanding: boolean;
  journeyId: string | null;
  complaintCategory: string | null;
  severity: string | null;
  customerKind: string | null;
  state: PartState;
}

/** Where the fold goes on from. */
type PartState =
  | { of: 'journey'; facts: JourneyFacts }
  | { of: 'complaint'; complaint: ComplaintStanding; category: string | null; severity: string | null; seen: Seen }
  | { of: 'contact'; contact: ContactStanding; seen: Seen }
  | { of: 'customer'; kind: string | null; siteId: string | null; media: string | null; seen: Seen };

interface Seen {
  firstAt: string;
  lastTouchAt: string | null;
  touchpoints: number;
}

const NOTHING_SEEN: Seen = { firstAt: '', lastTouchAt: null, touchpoints: 0 };

const initial: Record<PartKind, PartState> = {
  journey: { of: 'journey', facts: noFacts },
  complaint: { of: 'complaint', complaint: noComplaint, category: null, severity: null, seen: NOTHING_SEEN },
  contact: { of: 'contact', contact: noContact, seen: NOTHING_SEEN },
  customer: { of: 'customer', kind: null, siteId: null, media: null, seen: NOTHING_SEEN },
};

export const customerStatusProjection: Projection<CustomerPart> = {
  name: 'customer-status',
  version: 1,
  table: 'customer_status',
  columns: [
    'id',
    'tenant',
    'kind',
    'status',
    'open',
    ...JOURNEY_COLUMNS,
    'stageId',
    'stageOrder',
    'stageEnteredAt',
    'lifecycle',
    'lifecycleRank',
    'category',
    'quoteStanding',
    'journeyId',
    'complaintCategory',
    'severity',
    'customerKind',
    'state',
  ] satisfies (keyof CustomerPart)[],
  personal: false,
  onFailure: STOP_AT_ONCE,
  keys(event) {
    const stream = parseStreamName(event.stream);
    return stream !== null && isPartKind(stream.category) ? [stream.id] : [];
  },
  evolve(row, event, id) {
    const category = parseStreamName(event.stream)?.category ?? '';
    if (!isPartKind(category)) return row;
    return partOf(id, event.meta.tenant, evolveState(row?.state ?? initial[category], event));
  },
};

const isPartKind = (category: string): category is PartKind => (PART_KINDS as readonly string[]).includes(category);

function evolveState(state: PartState, event: RecordedEvent): PartState {
  switch (state.of) {
    case 'journey':
      return { of: 'journey', facts: evolveFacts(state.facts, event) };
    case 'complaint': {
      const known = event as RecordedEvent<ComplaintEvent>;
      const told = known.type === 'complaint-received' ? { category: known.data.category, severity: known.data.severity ?? null } : {};
      return { ...state, complaint: evolveComplaint(state.complaint, event), ...told, seen: evolveSeen(state.seen, event) };
    }
    case 'contact':
      return { ...state, contact: evolveContact(state.contact, event), seen: evolveSeen(state.seen, event) };
    case 'customer': {
      const known = event as RecordedEvent<CustomerEvent>;
      const told =
        known.type === 'customer-registered'
          ? { kind: known.data.kind, siteId: known.data.siteId, media: known.data.media ?? null, seen: evolveSeen(NOTHING_SEEN, event) }
          : {};
      return { ...state, ...told };
    }
  }
}

function evolveSeen({ firstAt, lastTouchAt, touchpoints }: Seen, event: RecordedEvent): Seen {
  const { occurredAt } = event.meta;
  const touched = isTouchpoint(event);
  return {
    firstAt: firstAt === '' ? occurredAt : firstAt,
    lastTouchAt: touched ? occurredAt : lastTouchAt,
    touchpoints: touchpoints + (touched ? 1 : 0),
  };
}

const NOTHING_KNOWN = {
  ...journeyColumns(noFacts),
  stageId: null,
  stageOrder: null,
  stageEnteredAt: null,
  lifecycle: null,
  lifecycleRank: null,
  category: null,
  quoteStanding: false,
  journeyId: null,
  complaintCategory: null,
  severity: null,
  customerKind: null,
};

function partOf(id: string, tenant: string, state: PartState): CustomerPart {
  const part = { ...NOTHING_KNOWN, id, tenant, kind: state.of, state };
  switch (state.of) {
    case 'journey':
      return { ...part, ...journeyPart(id, state.facts) };
    case 'complaint': {
      const { status, customerId, journeyId, siteId } = state.complaint;
      const { category: complaintCategory, severity } = state;
      const open = status !== 'closed';
      return {
        ...part,
        ...seenColumns(state.seen),
        status: status ?? 'received',
        open,
        customerId,
        journeyId,
        siteId,
        complaintCategory,
        severity,
      };
    }
    case 'contact': {
      const { siteId, tiedTo } = state.contact;
      const tie = { customerId: tiedTo?.customerId ?? null, journeyId: tiedTo?.journeyId ?? null };
      return { ...part, ...seenColumns(state.seen), ...tie, siteId, status: tiedTo === null ? 'recorded' : 'tied', open: tiedTo === null };
    }
    case 'customer': {
      const { kind: customerKind, siteId, media } = state;
      return { ...part, ...seenColumns(state.seen), customerId: id, customerKind, siteId, media, status: 'registered', open: true };
    }
  }
}

const seenColumns = ({ firstAt, lastTouchAt, touchpoints }: Seen): Pick<CustomerPart, 'openedAt' | 'lastTouchAt' | 'touchpoints'> => ({
  openedAt: firstAt,
  lastTouchAt,
  touchpoints,
});

function journeyPart(id: string, facts: JourneyFacts) {
  const stage = standingStage(stagesOf(facts));
  const status = statusOf(facts);
  return {
    ...journeyColumns(facts),
    journeyId: id,
    status: facts.journey.status,
    open: !status.lost,
    stageId: stage?.id ?? null,
    stageOrder: stage?.order ?? null,
    stageEnteredAt: stage?.enteredAt ?? null,
    lifecycle: lifecycleOf(status),
    lifecycleRank: lifecycleRank(status),
    category: categoryOf(status),
    quoteStanding: standingQuote(facts.journey.dealings) !== null,
  };
}

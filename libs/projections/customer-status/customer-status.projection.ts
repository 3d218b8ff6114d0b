import type { Projection, RecordedEvent, RowOf } from '@touchline/core';
import { parseStreamName } from '@touchline/core';
import type { ComplaintEvent } from '@touchline/touchpoints/complaint/complaint.events.js';
import { evolveComplaint, noComplaint } from '@touchline/touchpoints/complaint/complaint.fold.js';
import { evolveContact, noContact } from '@touchline/touchpoints/contact/contact.fold.js';
import type { CustomerEvent } from '@touchline/touchpoints/customer/customer.events.js';
import { standingQuote } from '@touchline/touchpoints/journey/dealings.fold.js';
import { categoryOf, lifecycleOf, lifecycleRank } from '@touchline/touchpoints/journey/journey-status.fold.js';
import { standingStage } from '@touchline/touchpoints/journey/journey-stage.fold.js';
import type { JourneyColumns } from '../journey-columns.entity.js';
import type { JourneyFacts } from '../journey-facts.fold.js';
import { evolveFacts, journeyColumns, noFacts, stagesOf, statusOf } from '../journey-facts.fold.js';
import { revisionOf } from '../revision.fold.js';
import { isTouchpoint } from '../touchpoint-kinds.rules.js';
import type { CustomerPart, PartKind, PartState, Seen } from './customer-status.entity.js';

const NOTHING_SEEN: Seen = { firstAt: '', lastTouchAt: null, touchpoints: 0 };

const initial: Record<PartKind, PartState> = {
  journey: { of: 'journey', facts: noFacts },
  complaint: { of: 'complaint', complaint: noComplaint, category: null, severity: null, seen: NOTHING_SEEN },
  contact: { of: 'contact', contact: noContact, seen: NOTHING_SEEN },
  customer: { of: 'customer', kind: null, siteId: null, media: null, seen: NOTHING_SEEN },
};

const projectionOf = (revision: typeof revisionOf): Projection<CustomerPart> => ({
  name: 'customer-status',
  version: 2,
  personal: false,
  keys(event) {
    const stream = parseStreamName(event.stream);
    return stream !== null && isPartKind(stream.category) ? [stream.id] : [];
  },
  evolve(row, event, id, versions) {
    const category = parseStreamName(event.stream)?.category ?? '';
    if (!isPartKind(category)) return row;
    return partOf(id, event.meta.tenant, evolveState(row?.state ?? initial[category], event), revision(row, event, versions));
  },
});

export const customerStatusProjection = projectionOf(revisionOf);

/**
 * The same without revisions, which no two rows have in common once something came late: so what lies between two moments is folded anew
 * only up to where the rows agree again.
 */
export const statusWithoutRevisions = projectionOf(() => 0);

const isPartKind = (category: string): category is PartKind => Object.hasOwn(initial, category);

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

/** What a kind knows beyond the columns of journeys; the rest is null. */
type Known = Pick<CustomerPart, 'status' | 'open'> & Partial<Omit<CustomerPart, keyof JourneyColumns>>;

const noColumns = journeyColumns(noFacts);

function partOf(id: string, tenant: string, state: PartState, revision: number): CustomerPart {
  const known = knownOf(id, state);
  return row(id, tenant, state, revision, known.columns, known);
}

/** Column by column: an object this wide that is put together by spreading costs ten times as much, and one is made for every event. */
const row = (id: string, tenant: string, state: PartState, revision: number, columns: JourneyColumns, known: Known): CustomerPart => ({
  id,
  tenant,
  kind: state.of,
  status: known.status,
  open: known.open,
  customerId: columns.customerId,
  siteId: columns.siteId,
  unitId: columns.unitId,
  ownerId: columns.ownerId,
  productLine: columns.productLine,
  product: columns.product,
  media: columns.media,
  playbookId: columns.playbookId,
  playbookVersion: columns.playbookVersion,
  openedAt: columns.openedAt,
  lastTouchAt: columns.lastTouchAt,
  touchpoints: columns.touchpoints,
  lostAt: columns.lostAt,
  lostKind: columns.lostKind,
  contractAt: columns.contractAt,
  contractAmount: columns.contractAmount,
  contractCurrency: columns.contractCurrency,
  stageId: known.stageId ?? null,
  stageOrder: known.stageOrder ?? null,
  stageEnteredAt: known.stageEnteredAt ?? null,
  lifecycle: known.lifecycle ?? null,
  lifecycleRank: known.lifecycleRank ?? null,
  category: known.category ?? null,
  quoteStanding: known.quoteStanding ?? false,
  journeyId: known.journeyId ?? null,
  complaintCategory: known.complaintCategory ?? null,
  severity: known.severity ?? null,
  customerKind: known.customerKind ?? null,
  revision,
  state,
});

function knownOf(id: string, state: PartState): Known & { columns: RowOf<JourneyColumns> } {
  switch (state.of) {
    case 'journey':
      return journeyPart(id, state.facts);
    case 'complaint': {
      const { status, customerId, journeyId, siteId } = state.complaint;
      const { category: complaintCategory, severity } = state;
      const columns = { ...noColumns, ...seenColumns(state.seen), customerId, siteId };
      return { columns, status: status ?? 'received', open: status !== 'closed', journeyId, complaintCategory, severity };
    }
    case 'contact': {
      const { siteId, tiedTo } = state.contact;
      const columns = { ...noColumns, ...seenColumns(state.seen), customerId: tiedTo?.customerId ?? null, siteId };
      return { columns, status: tiedTo === null ? 'recorded' : 'tied', open: tiedTo === null, journeyId: tiedTo?.journeyId ?? null };
    }
    case 'customer': {
      const { kind: customerKind, siteId, media } = state;
      return {
        columns: { ...noColumns, ...seenColumns(state.seen), customerId: id, siteId, media },
        status: 'registered',
        open: true,
        customerKind,
      };
    }
  }
}

const seenColumns = ({ firstAt, lastTouchAt, touchpoints }: Seen): Pick<CustomerPart, 'openedAt' | 'lastTouchAt' | 'touchpoints'> => ({
  openedAt: firstAt,
  lastTouchAt,
  touchpoints,
});

function journeyPart(id: string, facts: JourneyFacts): Known & { columns: RowOf<JourneyColumns> } {
  const stage = standingStage(stagesOf(facts));
  const status = statusOf(facts);
  return {
    columns: journeyColumns(facts),
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

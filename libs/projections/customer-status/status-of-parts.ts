import type { Caller } from '@touchline/core';
import { pick } from '@touchline/http/pick.js';
import { LIFECYCLES, customerCategory } from '@touchline/touchpoints/journey/journey-status.fold.js';
import type { Category, Lifecycle } from '@touchline/touchpoints/journey/journey-status.fold.js';
import { contractShown } from '../contract-shown.js';
import type { ComplaintPartShown, ContactPartShown, JourneyPartShown } from './customer-status.dto.js';
import type { CustomerPart } from './customer-status.entity.js';

/** Money of standing contracts, one sum a currency, in minor units (ADR 0026). */
export interface Bought {
  currency: string;
  amount: number;
  contracts: number;
}

export interface CustomerStatus {
  /** Of the customer's own stream; null where the reader does not see that. */
  revision: number | null;
  lifecycle: Lifecycle;
  category: Category;
  customerType: string | null;
  registeredAt: string | null;
  firstContactAt: string | null;
  lastTouchAt: string | null;
  touchpoints: number;
  journeys: { total: number; open: number; lost: number; bought: number };
  complaints: { total: number; open: number };
  /** True while a quote stands on a journey that is not lost. */
  quoteStanding: boolean;
  bought: Bought[];
  ownerIds: string[];
  siteIds: string[];
}

export type Part = Omit<CustomerPart, 'state'>;

/** Of the parts that were folded, those of one customer that a reader may see: the same as `partsOf` finds in the table. */
export function partsAmong(parts: readonly Part[], { sites }: Pick<Caller, 'sites'>, customerId: string): Part[] {
  const seen = ({ siteId }: Part): boolean => sites === 'all' || (siteId !== null && sites.includes(siteId));
  const key = ({ openedAt, id }: Part): string => `${openedAt} ${id}`;
  return parts.filter((part) => part.customerId === customerId && seen(part)).sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** A customer's status with the journeys, complaints and tied contacts behind it. */
export function statusWithParts(customerId: string, parts: readonly Part[]) {
  return {
    customerId,
    ...customerStatus(parts),
    journeyList: parts.filter(({ kind }) => kind === 'journey').map(journeyPart),
    complaintList: parts.filter(({ kind }) => kind === 'complaint').map(complaintPart),
    contactList: parts.filter(({ kind }) => kind === 'contact').map(contactPart),
  };
}

const JOURNEY = [
  'revision',
  'siteId',
  'ownerId',
  'productLine',
  'product',
  'open',
  'lifecycle',
  'category',
  'openedAt',
  'lastTouchAt',
  'lostAt',
] as const;
const journeyPart = (part: Part): JourneyPartShown => ({
  ...pick(part, ...JOURNEY),
  journeyId: part.id,
  stage: stageShown(part),
  contract: contractShown(part),
});

const stageShown = ({ stageId: id, stageOrder: order, stageEnteredAt: enteredAt }: Part): JourneyPartShown['stage'] =>
  id === null || order === null || enteredAt === null ? null : { id, order, enteredAt };

const COMPLAINT = ['revision', 'journeyId', 'siteId', 'status', 'severity', 'openedAt'] as const;
const complaintPart = (part: Part): ComplaintPartShown => ({
  ...pick(part, ...COMPLAINT),
  complaintId: part.id,
  category: part.complaintCategory,
});

const CONTACT = ['revision', 'journeyId', 'siteId', 'openedAt'] as const;
const contactPart = (part: Part): ContactPartShown => ({ ...pick(part, ...CONTACT), contactId: part.id });

/**
 * The status of a customer from the parts a reader may see: pure, so that it is the same live and as-of.
 * Lifecycle and category as in domain §5.
 */
export function customerStatus(parts: readonly Part[]): CustomerStatus {
  const journeys = parts.filter((part) => part.kind === 'journey');
  const complaints = parts.filter((part) => part.kind === 'complaint');
  const customer = parts.find((part) => part.kind === 'customer');
  const touched = parts.filter((part) => part.touchpoints > 0);
  return {
    revision: customer?.revision ?? null,
    lifecycle: LIFECYCLES[Math.max(0, ...journeys.map(({ lifecycleRank }) => lifecycleRank ?? 0))]!,
    category: customerCategory(journeys.map(({ category, open }) => ({ category: category ?? 'potential', lost: !open }))),
    customerType: customer?.customerKind ?? null,
    registeredAt: customer?.openedAt ?? null,
    firstContactAt: ends(touched.map(({ openedAt }) => openedAt)).first,
    lastTouchAt: ends(touched.map(({ lastTouchAt }) => lastTouchAt)).last,
    touchpoints: parts.reduce((sum, part) => sum + part.touchpoints, 0),
    journeys: {
      total: journeys.length,
      open: journeys.filter(({ open }) => open).length,
      lost: journeys.filter(({ open }) => !open).length,
      bought: journeys.filter(({ category }) => category === 'owner').length,
    },
    complaints: { total: complaints.length, open: complaints.filter(({ open }) => open).length },
    quoteStanding: journeys.some(({ quoteStanding, open }) => quoteStanding && open),
    bought: boughtOf(journeys),
    ownerIds: distinct(journeys.map(({ ownerId }) => ownerId)),
    siteIds: distinct(parts.map(({ siteId }) => siteId)),
  };
}

function boughtOf(journeys: readonly Part[]): Bought[] {
  const sums = new Map<string, Bought>();
  for (const { contractAmount, contractCurrency } of journeys) {
    if (contractAmount === null || contractCurrency === null) continue;
    const { amount, contracts } = sums.get(contractCurrency) ?? { amount: 0, contracts: 0 };
    sums.set(contractCurrency, { currency: contractCurrency, amount: amount + contractAmount, contracts: contracts + 1 });
  }
  return [...sums.values()].sort((a, b) => (a.currency < b.currency ? -1 : 1));
}

function ends(instants: readonly (string | null)[]): { first: string | null; last: string | null } {
  const sorted = distinct(instants);
  return { first: sorted[0] ?? null, last: sorted.at(-1) ?? null };
}

const distinct = (values: readonly (string | null)[]): string[] => [...new Set(values.filter((value) => value !== null))].sort();

import type { RecordedEvent, RowOf } from '@touchline/core';
import type { ContractEvent } from '@touchline/touchpoints/contract/contract.events.js';
import { standingContract } from '@touchline/touchpoints/journey/dealings.fold.js';
import type { JourneyStatus } from '@touchline/touchpoints/journey/journey-status.fold.js';
import { evolveJourneyStatus } from '@touchline/touchpoints/journey/journey-status.fold.js';
import type { Stages } from '@touchline/touchpoints/journey/journey-stage.fold.js';
import { evolveStages } from '@touchline/touchpoints/journey/journey-stage.fold.js';
import type { JourneyStanding } from '@touchline/touchpoints/journey/journey.fold.js';
import { evolveJourney, noJourney } from '@touchline/touchpoints/journey/journey.fold.js';
import type { Money } from '@touchline/core';
import type { JourneyColumns } from './journey-columns.entity.js';
import { isTouchpoint } from './touchpoint-kinds.rules.js';

// Fold of what the views of journeys have in common. Kept in their rows as plain JSON, so that later events fold on.

export interface JourneyFacts {
  journey: JourneyStanding;
  contacted: boolean;
  reached: Stages['reached'];
  /** Contract number → price. */
  prices: Record<string, Money>;
  lostKind: string | null;
  /** The first source that was named. */
  media: string | null;
  touchpoints: number;
  firstAt: string;
  lastTouchAt: string | null;
  siteId: string | null;
}

export const noFacts: JourneyFacts = {
  journey: noJourney,
  contacted: false,
  reached: [],
  prices: {},
  lostKind: null,
  media: null,
  touchpoints: 0,
  firstAt: '',
  lastTouchAt: null,
  siteId: null,
};

export function evolveFacts(facts: JourneyFacts, event: RecordedEvent): JourneyFacts {
  const { occurredAt, subjects } = event.meta;
  const touched = isTouchpoint(event);
  const { contacted } = evolveJourneyStatus(statusOf(facts), event);
  const { reached } = evolveStages(stagesOf(facts), event);
  return {
    journey: evolveJourney(facts.journey, event),
    contacted,
    reached,
    prices: evolvePrices(facts.prices, event),
    lostKind: evolveLostKind(facts.lostKind, event),
    media: facts.media ?? textOf(event.data['media']),
    touchpoints: facts.touchpoints + (touched ? 1 : 0),
    firstAt: facts.firstAt === '' ? occurredAt : facts.firstAt,
    lastTouchAt: touched ? occurredAt : facts.lastTouchAt,
    siteId: facts.siteId ?? subjects.site ?? null,
  };
}

// The three folds of a journey share its dealings, which are kept once.
export const statusOf = ({ journey, contacted }: JourneyFacts): JourneyStatus => ({
  contacted,
  lost: journey.status === 'lost',
  dealings: journey.dealings,
});
export const stagesOf = ({ journey, reached }: JourneyFacts): Stages => ({ reached, dealings: journey.dealings });

/** The contract that stands, with when it was signed and for how much. */
export function contractOf({ journey, prices }: JourneyFacts): { at: string; amount: number | null; currency: string | null } | null {
  const number = standingContract(journey.dealings);
  const signed = number === null ? undefined : journey.dealings.signed[number];
  if (number === null || signed === undefined) return null;
  const price = prices[number];
  return { at: signed.at, amount: price?.amount ?? null, currency: price?.currency ?? null };
}

function evolvePrices(prices: JourneyFacts['prices'], event: RecordedEvent): JourneyFacts['prices'] {
  const known = event as RecordedEvent<ContractEvent>;
  if (known.type !== 'contract-signed' || known.data.price === undefined) return prices;
  return { ...prices, [known.data.number]: known.data.price };
}

function evolveLostKind(kind: string | null, { type, data }: RecordedEvent): string | null {
  if (type === 'journey-lost') return textOf(data['kind']);
  return type === 'journey-reactivated' ? null : kind;
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** A late fact may have happened before the event that opened the journey, so the opening is the earlier of both. */
export function journeyColumns(facts: JourneyFacts): RowOf<JourneyColumns> {
  const { journey } = facts;
  const contract = contractOf(facts);
  return {
    customerId: journey.customerId,
    siteId: journey.opened?.siteId ?? facts.siteId,
    unitId: journey.opened?.unitId ?? null,
    ownerId: journey.ownerId,
    productLine: journey.opened?.productLine ?? null,
    product: journey.opened?.product ?? null,
    media: facts.media,
    playbookId: journey.playbook?.id ?? null,
    playbookVersion: journey.playbook?.version ?? null,
    openedAt: facts.firstAt,
    lastTouchAt: facts.lastTouchAt,
    touchpoints: facts.touchpoints,
    lostAt: journey.lostAt,
    lostKind: facts.lostKind,
    contractAt: contract?.at ?? null,
    contractAmount: contract?.amount ?? null,
    contractCurrency: contract?.currency ?? null,
  };
}

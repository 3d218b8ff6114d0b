import type { JsonObject, RecordedEvent } from '@touchline/core';
import type { Dealings } from './dealings.fold.js';
import { evolveDealings, isHandedOver, noDealings, standingContract, standingQuote } from './dealings.fold.js';
import { storedEvents } from '../list.js';
import type { JourneyEvent } from './journey.events.js';

// Fold of a journey's part in its customer's status (domain §5). Ranks grow towards what outranks, so that a customer's
// is the maximum over the journeys the reader may see.

/** 潜在 · 试用 · 意向 · 准客户 · 正式. Trial is reached by test drives and show-flats, which bring events of their own. */
export const LIFECYCLES = ['potential', 'trial', 'intending', 'committed', 'formal'] as const;
export type Lifecycle = (typeof LIFECYCLES)[number];

/** 潜在客户 never contacted · 战败客户 contacted and lost · 有望客户 contacted, not bought · 保有客户 bought. */
export const CATEGORIES = ['potential', 'lost', 'prospect', 'owner'] as const;
export type Category = (typeof CATEGORIES)[number];

/** Plain JSON, so that a read model can keep it. */
export interface JourneyStatus extends JsonObject {
  contacted: boolean;
  lost: boolean;
  dealings: Dealings;
}

export const noJourneyStatus: JourneyStatus = { contacted: false, lost: false, dealings: noDealings };

/** By the stored type of the event, of those that mean that the customer was reached. */
const REACHES = new Map(storedEvents.flatMap(({ type, reaches }) => (reaches === undefined ? [] : [[type, reaches] as const])));

export function evolveJourneyStatus(status: JourneyStatus, event: RecordedEvent): JourneyStatus {
  switch ((event as RecordedEvent<JourneyEvent>).type) {
    case 'journey-lost':
      return { ...status, lost: true };
    case 'journey-reactivated':
      return { ...status, lost: false };
    default: {
      const contacted = status.contacted || REACHES.get(event.type)?.(event.data) === true;
      const dealings = evolveDealings(status.dealings, event);
      return contacted === status.contacted && dealings === status.dealings ? status : { ...status, contacted, dealings };
    }
  }
}

/** The furthest that still stands; a lost journey counts for nothing. */
export function lifecycleOf({ lost, dealings }: JourneyStatus): Lifecycle {
  if (lost) return 'potential';
  if (isHandedOver(dealings)) return 'formal';
  if (standingContract(dealings) !== null) return 'committed';
  return standingQuote(dealings) !== null ? 'intending' : 'potential';
}

/** A standing contract outranks a loss that an imported source states beside it. */
export function categoryOf({ contacted, lost, dealings }: JourneyStatus): Category {
  if (standingContract(dealings) !== null) return 'owner';
  if (!contacted) return 'potential';
  return lost ? 'lost' : 'prospect';
}

/**
 * A customer's category over journeys as `categoryOf` gives them; none: never contacted. Not a mere maximum: beside a
 * lost journey, one that is open and not yet worked on keeps the customer from being lost.
 */
export function customerCategory(journeys: readonly { category: Category; lost: boolean }[]): Category {
  if (journeys.some(({ category }) => category === 'owner')) return 'owner';
  if (journeys.every(({ category }) => category === 'potential')) return 'potential';
  return journeys.every(({ lost }) => lost) ? 'lost' : 'prospect';
}

export const lifecycleRank = (status: JourneyStatus): number => LIFECYCLES.indexOf(lifecycleOf(status));
export const categoryRank = (status: JourneyStatus): number => CATEGORIES.indexOf(categoryOf(status));

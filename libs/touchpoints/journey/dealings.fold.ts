import type { JsonObject, RecordedEvent } from '@touchline/core';
import type { ContractEvent } from '../contract/contract.events.js';
import type { HandoverEvent } from '../handover/handover.events.js';
import type { QuoteEvent } from '../quote/quote.events.js';

// Fold of what was offered, agreed and handed over on a journey, and of what was taken back.
// Every taking back names what it takes, so the result does not depend on the order the events are read in.

/** Plain JSON, so that a read model can keep it. Quote versions and contract numbers count from 1. */
export interface Dealings extends JsonObject {
  /** Newest quote version, 0 for none. */
  newestQuote: number;
  /** When that version was given. */
  quotedAt: string | null;
  /** Quote version withdrawn → when. */
  withdrawn: Record<string, string>;
  /** Contract number → when it was signed, and the newest quote version it settled. */
  signed: Record<string, { at: string; settledQuote: number }>;
  /** Contract number → when it was cancelled. */
  cancelled: Record<string, string>;
  /** Contract number → the handover appointment that holds, and when it was made. */
  appointments: Record<string, { at: string; madeAt: string }>;
  /** Contract number → when its home or vehicle was handed over. */
  handedOver: Record<string, string>;
}

export const noDealings: Dealings = {
  newestQuote: 0,
  quotedAt: null,
  withdrawn: {},
  signed: {},
  cancelled: {},
  appointments: {},
  handedOver: {},
};

export type DealingEvent = QuoteEvent | ContractEvent | HandoverEvent;

export function evolveDealings(dealings: Dealings, event: RecordedEvent): Dealings {
  const known = event as RecordedEvent<DealingEvent>;
  const { occurredAt } = known.meta;
  switch (known.type) {
    case 'quote-issued':
    case 'quote-revised':
      return known.data.version > dealings.newestQuote ? { ...dealings, newestQuote: known.data.version, quotedAt: occurredAt } : dealings;
    case 'quote-withdrawn':
      return { ...dealings, withdrawn: noted(dealings.withdrawn, known.data.version, occurredAt) };
    case 'contract-signed': {
      const { number, settledQuote } = known.data;
      return { ...dealings, signed: { ...dealings.signed, [number]: { at: occurredAt, settledQuote } } };
    }
    case 'contract-cancelled':
      return { ...dealings, cancelled: noted(dealings.cancelled, known.data.number, occurredAt) };
    case 'handover-scheduled':
    case 'handover-rescheduled': {
      const { contract, at } = known.data;
      const made = dealings.appointments[contract];
      if (made !== undefined && made.madeAt > occurredAt) return dealings;
      return { ...dealings, appointments: { ...dealings.appointments, [contract]: { at, madeAt: occurredAt } } };
    }
    case 'handover-completed':
      return { ...dealings, handedOver: noted(dealings.handedOver, known.data.contract, occurredAt) };
    default:
      return dealings;
  }
}

/** The first time counts where an imported source says the same thing twice. */
function noted(times: Record<string, string>, key: number | undefined, at: string): Record<string, string> {
  if (key === undefined) return times;
  const before = times[key];
  return before !== undefined && before <= at ? times : { ...times, [key]: at };
}

/** When a quote version was taken back: withdrawn with or after it, or settled by a contract that was cancelled; null while it counts. */
export function quoteTakenBackAt(dealings: Dealings, version: number): string | null {
  const withdrawals = Object.entries(dealings.withdrawn).filter(([withdrawn]) => Number(withdrawn) >= version);
  const cancellations = Object.entries(dealings.cancelled).filter(([number]) => (dealings.signed[number]?.settledQuote ?? 0) >= version);
  return earliest([...withdrawals, ...cancellations].map(([, at]) => at));
}

/** When a contract, and with it its handover, was cancelled; null while it stands. */
export const contractCancelledAt = (dealings: Dealings, number: number): string | null => dealings.cancelled[number] ?? null;

/** Version of the quote that stands, null for none: only the newest can, and a signing settles it (domain §2.2). */
export function standingQuote(dealings: Dealings): number | null {
  const { newestQuote, signed } = dealings;
  if (newestQuote === 0 || quoteTakenBackAt(dealings, newestQuote) !== null) return null;
  return Object.values(signed).some(({ settledQuote }) => settledQuote >= newestQuote) ? null : newestQuote;
}

/** Number of the contract that stands, null for none. */
export function standingContract(dealings: Dealings): number | null {
  const standing = Object.keys(dealings.signed).filter((number) => dealings.cancelled[number] === undefined);
  return standing.length === 0 ? null : Math.max(...standing.map(Number));
}

/** True once the home or vehicle of the standing contract was handed over. */
export function isHandedOver(dealings: Dealings): boolean {
  const contract = standingContract(dealings);
  return contract !== null && dealings.handedOver[contract] !== undefined;
}

const earliest = (instants: readonly string[]): string | null => [...instants].sort()[0] ?? null;

import type { Rejection } from '@touchline/core';
import { identityFault } from '@touchline/core';
import type { CustomerRejection } from '@touchline/touchpoints/customer/customer.decider.js';
import type { CustomerRegistered } from '@touchline/touchpoints/customer/customer.events.js';
import type { IdentifierRejection } from '@touchline/touchpoints/customer/identifier.decider.js';
import type { Claim, Holding, Holdings } from './holdings.js';

export type IdentityRejection = IdentifierRejection | 'identifier.shared' | 'identifier.different-holders' | CustomerRejection;

/** Whose the identifiers are to be. */
export type Goal =
  /** The customer who holds them, or a new one. */
  | { kind: 'find-or-register'; details: CustomerRegistered }
  /** A new customer; what others hold is refused, or shared with them. */
  | { kind: 'register'; details: CustomerRegistered; share: boolean }
  /** This customer, as they stand; the same about what others hold. */
  | { kind: 'add'; customerId: string; share: boolean };

/** Whom a request is about; `inTheWay` are claims of customers who never came to be, by customer. */
export interface Choice {
  customerId: string;
  inTheWay: ReadonlyMap<string, Claim[]>;
}

/**
 * Pure: from who holds what to who is meant. A holder who is registered counts; a claim whose customer never came to be
 * is taken up where nobody else is meant (whoever meets it registers them, ADR 0043), else it makes way.
 */
export function choose(
  goal: Goal,
  holdings: Holdings,
  own: { commandId: string; customerId: string },
  elsewhere: ReadonlySet<string> = NOBODY,
): Choice | { refusals: Rejection<IdentityRejection>[] } {
  const { found, customers } = holdings;
  const registered = ({ holders }: Holding): string[] =>
    holders.map(({ customerId }) => customerId).filter((id) => customers.get(id)?.registered === true && !elsewhere.has(id));
  const pending = ({ holders }: Holding): string[] =>
    holders.map(({ customerId }) => customerId).filter((id) => customers.get(id)?.registered !== true);
  const chosen = (customerId: string): Choice => ({ customerId, inTheWay: claimsOfOthers(customerId) });
  const claimsOfOthers = (target: string): Map<string, Claim[]> => {
    const claims = new Map<string, Claim[]>();
    for (const holding of found)
      for (const { customerId, since } of holding.holders)
        if (customerId !== target && pending(holding).includes(customerId))
          claims.set(customerId, [...(claims.get(customerId) ?? []), { identifier: holding.identifier, since }]);
    return claims;
  };

  // What this very command registered is its answer for ever, whatever has become of the identifiers since (ADR 0003).
  const mine = [...customers].find(([, customer]) => customer.registeredBy === own.commandId)?.[0];
  if (mine !== undefined) return { customerId: mine, inTheWay: new Map() };
  const newcomer = found.flatMap(pending)[0] ?? own.customerId;

  if (goal.kind === 'find-or-register') {
    const [first, ...rest] = found.map(registered).filter((ids) => ids.length > 0);
    if (first === undefined) return chosen(newcomer);
    const all = first.filter((id) => rest.every((ids) => ids.includes(id)));
    const [common, ...further] = nearest(all, goal.details.siteId, (id) => customers.get(id)?.siteId ?? null);
    if (common === undefined)
      return refusal('identifier.different-holders', 'these belong to different customers; name the one who is meant', 'customerId');
    return further.length > 0
      ? refusal('identifier.shared', 'several customers share this; name the one who is meant', 'customerId')
      : chosen(common);
  }
  if (goal.kind === 'add' && customers.get(goal.customerId)?.registered !== true)
    return refusal('customer.unknown', 'there is no such customer', 'customerId');
  if (goal.kind === 'add' && customers.get(goal.customerId)?.erased === true)
    return refusal('customer.erased', 'this person was erased; nothing is kept of them again', 'customerId');
  const target = goal.kind === 'add' ? goal.customerId : newcomer;
  const held = goal.share ? [] : found.filter((holding) => registered(holding).some((id) => id !== target));
  if (held.length === 0) return chosen(target);
  return {
    refusals: held.map(({ identifier: { kind } }) =>
      identityFault('identifier.held', `another customer has this ${kind}; say so explicitly if they share it`, kind),
    ),
  };
}

const NOBODY: ReadonlySet<string> = new Set();

/**
 * Of several whom sites know apart from each other, the one whom the site of the contact knows, else the first; so that nobody
 * who records at another site stands in the way. Several of one site share the identifier, and one is to be named.
 */
function nearest(ids: readonly string[], siteId: string, siteOf: (id: string) => string | null): readonly string[] {
  const here = ids.filter((id) => siteOf(id) === siteId);
  if (here.length > 0) return here;
  const [first] = ids;
  return first !== undefined && new Set(ids.map(siteOf)).size > 1 ? [first] : ids;
}

const refusal = (code: IdentityRejection, detail: string, field: string): { refusals: Rejection<IdentityRejection>[] } => ({
  refusals: [identityFault(code, detail, field)],
});

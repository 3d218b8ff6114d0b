import type { RecordedEvent, Rejection } from '@touchline/core';
import type { CommandOutcome, CommandRequest } from '@touchline/event-store';
import { inWords, nameUuid } from '@touchline/event-store';
import type { CustomerIdentified } from '@touchline/touchpoints/customer/customer.events.js';
import type { CustomerStanding } from '@touchline/touchpoints/customer/customer.fold.js';
import type { Goal } from './choose.js';
import { choose } from './choose.js';
import type { Claim, Holdings, IdentityServices, KnownCustomer } from './holdings.js';
import { claim, giveUp, onCustomer, readHoldings } from './holdings.js';

export interface IdentityOrder {
  /** Each once, in order of digest. */
  identifiers: readonly CustomerIdentified[];
  goal: Goal;
  occurredAt: string;
  /** What else is wrong with the request, asked before anything is claimed for a new customer. */
  refusedFor?: (customerId: string) => Promise<Rejection[]>;
  /** Whether the sender may act on a customer. Whom only others know is as if not there: nothing tells that they are (ADR 0037). */
  theirs?: (customerId: string, recorded: CustomerStanding) => Promise<boolean>;
  /** Hears whom others know by the same identifiers, before the answer. */
  metElsewhere?: (elsewhere: readonly string[], customerId: string) => Promise<void>;
}

type Refused = Extract<CommandOutcome, { kind: 'refused' }>;
/** `outcome` is null where a search found everything as it should be; `before`: the customer's stream as it was found. */
export type Settled =
  { kind: 'settled'; customerId: string; created: boolean; outcome: CommandOutcome | null; before: readonly RecordedEvent[] } | Refused;

const MAX_ATTEMPTS = 20;
const CONTENDED: Rejection = { code: 'stream.contended', kind: 'identity', detail: 'too many writers at once; try again' };

/**
 * Claims identifiers and records them on their customer, in that order (ADR 0043): a claim is made at an exact revision, so of
 * two receptions at once one gets it; the other finds the holder, and registers them if the first came no further.
 * A refused request leaves no claim behind. Idempotent at every step under the request's command.
 */
export async function settleIdentity(identity: IdentityServices, request: CommandRequest, order: IdentityOrder): Promise<Settled> {
  const { goal, identifiers, occurredAt } = order;
  // The customer a command registers has the same id at every try.
  const own = {
    commandId: request.commandId,
    customerId: goal.kind === 'add' ? goal.customerId : nameUuid('new:customer', request.commandId),
  };
  const won = new Map<string, Claim[]>();
  const takeBack = async (claims: ReadonlyMap<string, readonly Claim[]>, except?: string): Promise<void> => {
    for (const [customerId, each] of claims) if (customerId !== except) await giveUp(identity, request, { customerId, occurredAt }, each);
  };
  const end = async (settled: Settled): Promise<Settled> => {
    await takeBack(won, settled.kind === 'settled' ? settled.customerId : undefined);
    return settled;
  };

  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const holdings = await readHoldings(identity, request, identifiers, occurredAt, own.customerId);
    if (holdings === null) continue;
    const elsewhere = await knownElsewhere(holdings, own, order);
    const choice = choose(goal, holdings, own, elsewhere);
    if ('refusals' in choice) return end({ kind: 'refused', ...choice });
    const { customerId, inTheWay } = choice;
    const customer = holdings.customers.get(customerId);
    if (customer === undefined) throw new Error('a customer was chosen who was not read');
    const record = async (sender: CommandRequest): Promise<Settled> => {
      const settled = await recordOn(identity, sender, order, customerId, customer);
      if (settled.kind === 'settled' && elsewhere.size > 0) await order.metElsewhere?.([...elsewhere], customerId);
      return settled;
    };
    if (customer.knowsCommand || isStale(request, customer)) return end(await record(request));
    if (inTheWay.size > 0) {
      await takeBack(inTheWay);
      continue;
    }
    const refusals = customer.registered
      ? []
      : [...(await refusedWords(identity, request, order)), ...((await order.refusedFor?.(customerId)) ?? [])];
    if (refusals.length > 0) return end({ kind: 'refused', refusals });

    const claims = await claimAll(identity, request, order, holdings, customerId, elsewhere);
    won.set(customerId, [...(won.get(customerId) ?? []), ...claims.won]);
    if (claims.refused !== null) return end(claims.refused);
    if (claims.lost) {
      // A customer who is not there yet must not stand between us and the holder we lost to.
      if (!customer.registered) await takeBack(won);
      continue;
    }
    if (claims.again) continue;
    const complete = identifiers.every(({ digest }) => customer.identifiers[digest] !== undefined);
    if (goal.kind === 'find-or-register' && customer.registered && complete)
      return end({ kind: 'settled', customerId, created: false, outcome: null, before: customer.events });
    // Decided on the customer as read before the claims: whatever changed since, a claim given up above all, starts over.
    const settled = await record({ ...request, ifMatch: customer.revision });
    if (settled.kind === 'settled' || settled.refusals.some(({ code }) => code !== 'precondition.stale')) return end(settled);
  }
  return end({ kind: 'refused', refusals: [CONTENDED] });
}

/** Words that a registration would be refused for: nothing is claimed for nobody. */
async function refusedWords(
  { deps }: IdentityServices,
  request: CommandRequest,
  { goal, occurredAt }: IdentityOrder,
): Promise<Rejection[]> {
  if (goal.kind === 'add') return [];
  return (await inWords(deps, request, [{ type: 'customer-registered', data: goal.details, occurredAt, subjects: {} }])).refusals;
}

/** The caller's own precondition, which is about a customer they have on their screen. */
const isStale = (request: CommandRequest, customer: KnownCustomer): boolean =>
  request.ifMatch !== undefined && request.ifMatch !== customer.revision;

/** Registered holders on whom the sender may not act; never whom this very command registered. */
async function knownElsewhere(
  { customers }: Holdings,
  own: { commandId: string; customerId: string },
  { theirs }: IdentityOrder,
): Promise<ReadonlySet<string>> {
  if (theirs === undefined) return new Set();
  const known = await Promise.all(
    [...customers].map(async ([id, customer]) => {
      const isOwn = !customer.registered || customer.registeredBy === own.commandId || id === own.customerId;
      return isOwn || (await theirs(id, customer)) ? [] : [id];
    }),
  );
  return new Set(known.flat());
}

async function claimAll(
  identity: IdentityServices,
  request: CommandRequest,
  { goal, occurredAt }: IdentityOrder,
  { found }: Holdings,
  customerId: string,
  elsewhere: ReadonlySet<string>,
): Promise<{ won: Claim[]; lost: boolean; again: boolean; refused: Refused | null }> {
  const won: Claim[] = [];
  const share = goal.kind !== 'find-or-register' && goal.share;
  for (const holding of found) {
    if (holding.holders.some((holder) => holder.customerId === customerId)) continue;
    // Beside those whom only others know, and nobody who has come since.
    const besideOthers = holding.holders.length > 0 && holding.holders.every((holder) => elsewhere.has(holder.customerId));
    const outcome = await claim(identity, request, holding, { customerId, occurredAt, share: share || besideOthers }, besideOthers);
    if (outcome.kind === 'refused') {
      const lost = outcome.refusals.every(({ code }) => code === 'identifier.held' || code === 'precondition.stale');
      return { won, lost, again: false, refused: lost ? null : outcome };
    }
    won.push({ identifier: holding.identifier, since: outcome.position });
    // Made by another try of this very command, and maybe given up since: look again before believing it.
    if (outcome.repeated) return { won, lost: false, again: true, refused: null };
  }
  return { won, lost: false, again: false, refused: null };
}

async function recordOn(
  identity: IdentityServices,
  request: CommandRequest,
  { goal, identifiers, occurredAt }: IdentityOrder,
  customerId: string,
  customer: KnownCustomer,
): Promise<Settled> {
  const about = { customerId, occurredAt, identifiers };
  const registers = goal.kind !== 'add' && (!customer.registered || customer.registeredBy === request.commandId);
  const outcome = await onCustomer(
    identity,
    request,
    registers ? { kind: 'register', details: goal.details, ...about } : { kind: 'identify', ...about },
    customer.events,
  );
  return outcome.kind === 'refused' ? outcome : { kind: 'settled', customerId, created: registers, outcome, before: customer.events };
}

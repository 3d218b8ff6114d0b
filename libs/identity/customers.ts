import type { RecordedEvent, Rejection } from '@touchline/core';
import type { CommandOutcome, CommandRequest } from '@touchline/event-store';
import type {
  CustomerIdentified,
  CustomerIdentifierRemoved,
  CustomerRegistered,
  Gender,
} from '@touchline/touchpoints/customer/customer.events.js';
import type { IdentityServices } from './holdings.js';
import { onCustomer, readHoldings } from './holdings.js';
import type { IdentifierFormRejection, IdentifierNamed } from './identifiers.js';
import { readIdentifiers } from './identifiers.js';
import type { Goal, IdentityRejection } from './choose.js';
import type { IdentityOrder } from './identify.js';
import { settleIdentity } from './identify.js';

/** A person as a contact names them; `phone` and the further identifiers as typed. */
export interface PersonToIdentify {
  phone: string;
  identifiers?: readonly IdentifierNamed[];
  name?: string;
  gender?: Gender;
  formOfAddress?: string;
  language?: string;
}

export type IdentityCode = IdentityRejection | IdentifierFormRejection;

/** `created`: by this request, maybe by an earlier try of it; `before`: their stream as it was found. */
export interface Identified {
  customerId: string;
  created: boolean;
  before: readonly RecordedEvent[];
}

/**
 * The customer behind a phone number: its one holder, or a new one who is registered (ADR 0043), unless `refusedFor` says that
 * the request comes to nothing anyway. Idempotent under the request's command. `occurredAt` is when they were met; now
 * when absent.
 */
export async function identify(
  identity: IdentityServices,
  request: CommandRequest,
  order: { person: PersonToIdentify; siteId: string; occurredAt?: string } & Pick<IdentityOrder, 'refusedFor' | 'theirs' | 'metElsewhere'>,
): Promise<Identified | { refusals: Rejection[] }> {
  const { phone, identifiers = [] } = order.person;
  const read = named(identity, request, [{ kind: 'phone', value: phone }, ...identifiers], (index) =>
    index === 0 ? 'person.phone' : `person.identifiers.${index - 1}.value`,
  );
  if ('refusals' in read) return read;
  // If-Match is about the record the contact goes to, not about who it was.
  const { ifMatch: _, ...anyRevision } = request;
  const settled = await settleIdentity(identity, anyRevision, {
    identifiers: read.identifiers,
    goal: { kind: 'find-or-register', details: detailsOf(order.person, order.siteId) },
    occurredAt: order.occurredAt ?? (await identity.deps.clock.now()),
    ...(order.refusedFor !== undefined && { refusedFor: order.refusedFor }),
    ...scopeOf(order),
  });
  if (settled.kind === 'refused') return settled;
  const { customerId, created, before } = settled;
  return { customerId, created, before };
}

/** What is stored is named field by field, whatever else the request carried. */
function detailsOf({ name, gender, formOfAddress, language }: PersonToIdentify, siteId: string): CustomerRegistered {
  return {
    kind: 'person',
    siteId,
    ...(name !== undefined && { name }),
    ...(gender !== undefined && { gender }),
    ...(formOfAddress !== undefined && { formOfAddress }),
    ...(language !== undefined && { language }),
  };
}

type Scope = Pick<IdentityOrder, 'theirs' | 'metElsewhere'>;

const scopeOf = ({ theirs, metElsewhere }: Scope): Scope => ({
  ...(theirs !== undefined && { theirs }),
  ...(metElsewhere !== undefined && { metElsewhere }),
});

interface IdentifiersGiven extends Scope {
  identifiers: readonly IdentifierNamed[];
  /** Said explicitly: others who hold an identifier keep it, and this customer has it too (families). */
  share: boolean;
  occurredAt: string;
}

export interface NewCustomer extends IdentifiersGiven {
  details: CustomerRegistered;
}

export interface FurtherIdentifiers extends IdentifiersGiven {
  customerId: string;
}

export interface IdentifierToRemove {
  customerId: string;
  identifier: IdentifierNamed;
  reason: CustomerIdentifierRemoved['reason'];
  occurredAt: string;
}

/** A new customer; `identifier.held` where another has one of the identifiers and it is not shared. */
export const registerCustomer = (
  identity: IdentityServices,
  request: CommandRequest,
  { details, ...given }: NewCustomer,
): Promise<CommandOutcome> => settle(identity, request, given, { kind: 'register', details, share: given.share });

/** Further identifiers of a customer; those they have already change nothing. */
export const addIdentifiers = (
  identity: IdentityServices,
  request: CommandRequest,
  { customerId, ...given }: FurtherIdentifiers,
): Promise<CommandOutcome> => settle(identity, request, given, { kind: 'add', customerId, share: given.share });

async function settle(identity: IdentityServices, request: CommandRequest, given: IdentifiersGiven, goal: Goal): Promise<CommandOutcome> {
  const read = named(identity, request, given.identifiers, (index) => `identifiers.${index}.value`);
  if ('refusals' in read) return { kind: 'refused', refusals: read.refusals };
  const { occurredAt } = given;
  const settled = await settleIdentity(identity, request, { identifiers: read.identifiers, goal, occurredAt, ...scopeOf(given) });
  if (settled.kind === 'refused') return settled;
  if (settled.outcome === null) throw new Error('only a search may end without a record');
  return settled.outcome;
}

/** Takes an identifier from a customer and sets it free for the next, as when a number changes hands. */
export async function removeIdentifier(
  identity: IdentityServices,
  request: CommandRequest,
  order: IdentifierToRemove,
): Promise<CommandOutcome> {
  const read = named(identity, request, [order.identifier], () => 'value');
  if ('refusals' in read) return { kind: 'refused', refusals: read.refusals };
  const { customerId, reason, occurredAt } = order;
  const [identifier] = read.identifiers;
  if (identifier === undefined) throw new Error('one identifier was read');
  const { digest } = identifier;
  const outcome = await onCustomer(identity, request, { kind: 'remove-identifier', digest, customerId, reason, occurredAt });
  // The customer's record decides. Whoever next asks for the identifier releases it, if a crash keeps us from doing so.
  if (outcome.kind === 'recorded') await readHoldings(identity, request, [identifier], occurredAt);
  return outcome;
}

function named(
  { secret }: IdentityServices,
  { tenant }: CommandRequest,
  identifiers: readonly IdentifierNamed[],
  field: (index: number) => string,
): { identifiers: CustomerIdentified[] } | { refusals: Rejection<IdentifierFormRejection>[] } {
  const read = readIdentifiers(secret, tenant, identifiers);
  if ('identifiers' in read) return read;
  return { refusals: read.faults.map(({ index, code, detail }) => ({ code, kind: 'form', detail, field: field(index) })) };
}

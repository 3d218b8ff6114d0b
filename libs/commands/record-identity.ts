import type { JsonObject } from '@touchline/core';
import { dataOf, folded, streamName } from '@touchline/core';
import type { CommandOutcome } from '@touchline/event-store';
import type { IdentifierNamed, IdentifierToRemove, NewCustomer } from '@touchline/identity';
import type { IdentityCommand } from '@touchline/touchpoints/command.js';
import type { CustomerErased } from '@touchline/touchpoints/customer/customer.events.js';
import { customerFold } from '@touchline/touchpoints/customer/customer.fold.js';
import { customerScope } from './customer-scope.js';
import { askWhetherKnown, statedOf } from './identity-questions.js';
import { siteToActAt } from './named.js';
import type { CommandMetadata, CommandServices } from './services.js';

/** As the forms of these commands have it. */
interface Sent {
  customerId: string;
  occurredAt?: string;
  identifiers?: IdentifierSent[];
  share?: boolean;
  customerType?: string;
}

/** Events call both of them `kind`; a request says of what (ADR 0050). */
type IdentifierSent = { identifierType: IdentifierNamed['kind']; value: string };
const identifierOf = ({ identifierType: kind, value }: IdentifierSent): IdentifierNamed => ({ kind, value });

/** Runs a command on who holds which identifier, for a sender who works at the site of the new customer, or where one is known (ADR 0013). */
export async function recordIdentity(
  services: CommandServices,
  metadata: CommandMetadata,
  { act, fields }: IdentityCommand,
  input: JsonObject,
): Promise<CommandOutcome> {
  const { customers, deps } = services;
  const { occurredAt: _, identifiers: __, share: ___, customerType: ____, identifierType: _____, ...own } = fields;
  const data = dataOf(own, input);
  const sent = input as unknown as Sent;
  const { customerId, customerType = 'person', share = false, occurredAt = await deps.clock.now() } = sent;
  const identifiers = (sent.identifiers ?? []).map(identifierOf);
  // Somebody whom only other sites know stands in nobody's way, and no answer tells of them.
  const given = (siteId: string, stated = {}) => ({
    ...{ identifiers, share, occurredAt },
    theirs: async (each: string): Promise<boolean> => (await customerScope(services, metadata, each)) === null,
    metElsewhere: (elsewhere: readonly string[], recordedAs: string): Promise<void> =>
      askWhetherKnown(services, metadata, elsewhere, { occurredAt, siteId, recordedAs, ...stated }),
  });
  if (act === 'register') {
    const details = { kind: customerType, ...data } as NewCustomer['details'];
    const site = await siteToActAt(services, metadata, details.siteId);
    return 'refusal' in site
      ? { kind: 'refused', refusals: [site.refusal] }
      : customers.register(metadata, { details, ...given(site.siteId, statedOf(details)) });
  }
  const refusal = await customerScope(services, metadata, customerId);
  if (refusal !== null) return { kind: 'refused', refusals: [refusal] };
  switch (act) {
    case 'add-identifiers':
      return customers.addIdentifiers(metadata, { customerId, ...given(await siteOf(services, metadata, customerId)) });
    case 'remove-identifier': {
      const { reason } = data as Pick<IdentifierToRemove, 'reason'>;
      const identifier = identifierOf(input as unknown as IdentifierSent);
      return customers.removeIdentifier(metadata, { customerId, identifier, reason, occurredAt });
    }
    case 'erase':
      return customers.erase(metadata, { customerId, erasure: data as CustomerErased });
    case 'finish-erasure':
      return customers.takeUpErasure(metadata, customerId);
  }
}

/** Where the question comes from that an identifier brings up: the site of the customer it is given to. */
async function siteOf({ deps }: CommandServices, { tenant }: CommandMetadata, customerId: string): Promise<string> {
  const { siteId } = folded(customerFold, await deps.streams.events(streamName('customer', tenant, customerId)));
  if (siteId === null) throw new Error(`customer ${customerId} was met at no site`);
  return siteId;
}

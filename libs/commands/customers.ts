import type { CommandOutcome } from '@touchline/event-store';
import { handleCommand, load } from '@touchline/event-store';
import type { FurtherIdentifiers, IdentifierToRemove, NewCustomer } from '@touchline/identity';
import type { Fields, JsonObject } from '@touchline/core';
import { dataOf, streamName } from '@touchline/core';
import type { CustomerCommand } from '@touchline/touchpoints/customer/customer.decider.js';
import { customerDecider } from '@touchline/touchpoints/customer/customer.decider.js';
import { evolveCustomer, noCustomer } from '@touchline/touchpoints/customer/customer.fold.js';
import { customerScope } from './customer-scope.js';
import { askWhetherKnown, statedOf } from './identity-questions.js';
import { siteToActAt } from './named.js';
import type { CommandServices, CommandMetadata } from './services.js';

/** What a sender wants of customers: decided on the customer's own stream, or by who holds which identifier (ADR 0043). */
export type CustomerOrder =
  | ({ kind: 'register' } & Undated<NewCustomer>)
  | ({ kind: 'add-identifiers' } & Undated<FurtherIdentifiers>)
  | ({ kind: 'remove-identifier' } & Undated<IdentifierToRemove>)
  | Undated<Extract<CustomerCommand, { kind: 'change-details' | 'give-consent' | 'withdraw-consent' }>>;

/** It happened now where the sender says nothing else. */
type Undated<T> = T extends { occurredAt: string } ? Omit<T, 'occurredAt'> & { occurredAt?: string } : never;

/** The order that a command is; `fields` are those of its form. */
export function customerOrder(act: CustomerOrder['kind'], fields: Fields, input: JsonObject): CustomerOrder {
  const { occurredAt: _, corrects: __, identifiers: ___, share: ____, ...own } = fields;
  const { occurredAt, corrects, customerId, identifiers = [], share = false } = input;
  const data = dataOf(own, input) as JsonObject;
  const wanted = (): JsonObject => {
    switch (act) {
      case 'register':
        return { details: { kind: 'person', ...data }, identifiers, share };
      case 'change-details':
        return { changes: data };
      case 'add-identifiers':
        return { identifiers, share };
      case 'remove-identifier': {
        const { reason, ...identifier } = data;
        return { identifier, reason };
      }
      case 'give-consent':
      case 'withdraw-consent':
        return { consent: data };
    }
  };
  // Its form was checked before it came here.
  return {
    ...{ kind: act, customerId, ...wanted() },
    ...(occurredAt !== undefined && { occurredAt }),
    ...(corrects !== undefined && { corrects }),
  } as unknown as CustomerOrder;
}

/** Runs an order for a sender who works at the site of the new customer, or at one where the customer is known (ADR 0013). */
export async function recordOnCustomer(
  services: CommandServices,
  metadata: CommandMetadata,
  order: CustomerOrder,
): Promise<CommandOutcome> {
  const { customers, deps } = services;
  const occurredAt = order.occurredAt ?? (await deps.clock.now());
  // Somebody whom only other sites know stands in nobody's way, and no answer tells of them.
  const scoped = (siteId: string, stated = {}) => ({
    theirs: async (customerId: string): Promise<boolean> => (await customerScope(services, metadata, customerId)) === null,
    metElsewhere: (elsewhere: readonly string[], recordedAs: string): Promise<void> =>
      askWhetherKnown(services, metadata, elsewhere, { occurredAt, siteId, recordedAs, ...stated }),
  });
  if (order.kind === 'register') {
    const site = await siteToActAt(services, metadata, order.details.siteId);
    return 'refusal' in site
      ? { kind: 'refused', refusals: [site.refusal] }
      : customers.register(metadata, { ...order, occurredAt, ...scoped(site.siteId, statedOf(order.details)) });
  }
  if (order.kind === 'add-identifiers' || order.kind === 'remove-identifier') {
    const refusal = await customerScope(services, metadata, order.customerId);
    if (refusal !== null) return { kind: 'refused', refusals: [refusal] };
    return order.kind === 'add-identifiers'
      ? customers.addIdentifiers(metadata, { ...order, occurredAt, ...scoped(await siteOf(services, metadata, order.customerId)) })
      : customers.removeIdentifier(metadata, { ...order, occurredAt });
  }
  return handleCommand(deps, {
    stream: streamName('customer', metadata.tenant, order.customerId),
    decider: customerDecider,
    command: { ...order, occurredAt },
    request: metadata,
    context: async (fold) => {
      const refusal = await customerScope(services, metadata, order.customerId, fold(noCustomer, evolveCustomer));
      return refusal === null ? {} : { refusal };
    },
  });
}

/** Where the question comes from that an identifier brings up: the site of the customer it is given to. */
async function siteOf({ deps }: CommandServices, { tenant }: CommandMetadata, customerId: string): Promise<string> {
  const { siteId } = (await load(deps, streamName('customer', tenant, customerId))).reduce(evolveCustomer, noCustomer);
  if (siteId === null) throw new Error(`customer ${customerId} was met at no site`);
  return siteId;
}

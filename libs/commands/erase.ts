import { streamName } from '@touchline/core';
import type { CommandOutcome } from '@touchline/event-store';
import { load } from '@touchline/event-store';
import type { CustomerToErase } from '@touchline/identity';
import type { ErasureReceipt } from '@touchline/touchpoints/customer/customer.fold.js';
import { receiptOf } from '@touchline/touchpoints/customer/customer.fold.js';
import { customerScope } from './customer-scope.js';
import type { CommandServices, CommandMetadata } from './services.js';

/** Erases a person for a sender who may act on them (ADR 0013, domain §13.4). */
export async function recordErasure(services: CommandServices, metadata: CommandMetadata, order: CustomerToErase): Promise<CommandOutcome> {
  const refusal = await customerScope(services, metadata, order.customerId);
  return refusal === null ? services.customers.erase(metadata, order) : { kind: 'refused', refusals: [refusal] };
}

/** `complete` is false while what was tied to the person in between is still looked for; nothing else is left by then. */
export type Receipt = ErasureReceipt & { complete: boolean };

/** The receipt of a person's erasure, the same whoever asks for it and how often; null where there is none. */
export async function erasureReceipt(services: CommandServices, tenant: string, customerId: string): Promise<Receipt | null> {
  const receipt = receiptOf(customerId, await load(services.deps, streamName('customer', tenant, customerId)));
  return receipt && { ...receipt, complete: await services.customers.erasureComplete(tenant, customerId) };
}

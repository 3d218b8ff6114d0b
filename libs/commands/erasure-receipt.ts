import { streamName } from '@touchline/core';
import type { ErasureReceipt } from '@touchline/touchpoints/customer/customer.fold.js';
import { receiptOf } from '@touchline/touchpoints/customer/customer.fold.js';
import type { CommandServices } from './services.js';

/** `complete` is false while what was tied to the person in between is still looked for; nothing else is left by then. */
export type Receipt = ErasureReceipt & { complete: boolean };

/** The receipt of a person's erasure, the same whoever asks for it and how often; null where there is none. */
export async function erasureReceipt(services: CommandServices, tenant: string, customerId: string): Promise<Receipt | null> {
  const receipt = receiptOf(customerId, await services.deps.streams.events(streamName('customer', tenant, customerId)));
  return receipt && { ...receipt, complete: await services.customers.erasureComplete(tenant, customerId) };
}

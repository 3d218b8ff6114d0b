import type { Rejection } from '@touchline/core';
import { folded, identityFault, maySeeSite, streamName } from '@touchline/core';
import type { CustomerStanding } from '@touchline/touchpoints/customer/customer.fold.js';
import { customerFold } from '@touchline/touchpoints/customer/customer.fold.js';
import { journeyIdOf } from './find-journey.js';
import type { CommandServices, CommandMetadata } from './services.js';
import { streamExists } from './stream-exists.js';

/**
 * Why the sender may not act on this customer; null where they may: the customer was registered at one of the sender's
 * sites, has a journey or a complaint there, or was shared with it by the site that knows them (ADR 0013). None of it ever
 * reverts, so it may be read outside the decision (ADR 0041).
 */
export async function customerScope(
  services: CommandServices,
  metadata: CommandMetadata,
  customerId: string,
  recorded?: CustomerStanding,
): Promise<Rejection<'customer.unknown' | 'scope.other-site'> | null> {
  const { registered, siteId, sharedWith } = recorded ?? (await customerOf(services, metadata.tenant, customerId));
  if (!registered) return identityFault('customer.unknown', 'there is no such customer', 'customerId');
  const known =
    metadata.sites === 'all' ||
    [siteId, ...sharedWith].some((each) => each !== null && maySeeSite(metadata.sites, each)) ||
    (await services.customers.sitesOf(metadata.tenant, customerId)).some((each) => maySeeSite(metadata.sites, each)) ||
    (await hasFirstJourney(services, metadata.tenant, customerId, metadata.sites));
  return known ? null : identityFault('scope.other-site', 'this customer is known at none of your sites');
}

async function customerOf({ deps }: CommandServices, tenant: string, customerId: string): Promise<CustomerStanding> {
  return folded(customerFold, await deps.streams.events(streamName('customer', tenant, customerId)));
}

/** A customer just received here may be known to the log and not to the read model yet; first journeys have known ids. */
async function hasFirstJourney(services: CommandServices, tenant: string, customerId: string, at: readonly string[]): Promise<boolean> {
  for (const siteId of at) {
    const site = await services.sites.site(tenant, siteId);
    for (const productLine of site?.productLines ?? []) {
      const journeyId = journeyIdOf(tenant, customerId, siteId, productLine, 0);
      if (await streamExists(services, streamName('journey', tenant, journeyId))) return true;
    }
  }
  return false;
}

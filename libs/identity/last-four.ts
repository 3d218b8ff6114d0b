import type { RecordedEvent } from '@touchline/core';
import type { EventRegistry, EventStore } from '@touchline/event-store';
import { digest } from '@touchline/sealing';
import type { CustomerEvent, CustomerIdentified, CustomerIdentifiedOpened } from '@touchline/touchpoints/customer/customer.events.js';

/** By what the last four digits of a telephone number are found: keyed, and another for each site that registers customers. */
export const lastFourDigest = (secret: string, tenant: string, siteId: string, lastFour: string): string =>
  digest(secret, 'last-four', tenant, siteId, lastFour);

export interface LastFourDeps {
  store: EventStore;
  registry: EventRegistry;
  secret: string;
}

/**
 * Opened events, each telephone number among them with the digest of its last four digits: a fold has no secret to make it with. The
 * site is that of the customer's registration, which never changes, so that folding anew gives the same.
 */
export async function withLastFour(deps: LastFourDeps, opened: readonly RecordedEvent[]): Promise<RecordedEvent[]> {
  const sites = new Map<string, string | null>();
  for (const { type, stream, data } of opened as readonly RecordedEvent<CustomerEvent>[])
    if (type === 'customer-registered') sites.set(stream, data.siteId);
  const siteOf = async (stream: string): Promise<string | null> => {
    const known = sites.get(stream);
    const site = known === undefined ? await registeredAt(deps, stream) : known;
    sites.set(stream, site);
    return site;
  };
  const all: RecordedEvent[] = [];
  for (const event of opened) {
    const lastFour = event.type === 'customer-identified' ? lastFourOf(event.data as CustomerIdentified) : null;
    const site = lastFour === null ? null : await siteOf(event.stream);
    if (lastFour === null || site === null) all.push(event);
    else {
      const data: CustomerIdentifiedOpened = {
        ...(event.data as CustomerIdentified),
        lastFour: lastFourDigest(deps.secret, event.meta.tenant, site, lastFour),
      };
      all.push({ ...event, data });
    }
  }
  return all;
}

/** Null of what is no telephone number, and of somebody erased. */
const lastFourOf = ({ kind, value }: { kind: string; value: unknown }): string | null =>
  kind === 'phone' && typeof value === 'string' ? (/\d{4}$/.exec(value)?.[0] ?? null) : null;

/** Among the first events of a stream. */
async function registeredAt({ store, registry }: LastFourDeps, stream: string): Promise<string | null> {
  for await (const stored of store.readStream(stream)) {
    if (stored.type !== 'customer-registered') continue;
    return (registry.decode(stored) as RecordedEvent<Extract<CustomerEvent, { type: 'customer-registered' }>>).data.siteId;
  }
  return null;
}

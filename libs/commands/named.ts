import type { Rejection } from '@touchline/core';
import { folded, identityFault, maySeeSite, streamName } from '@touchline/core';
import { customerFold } from '@touchline/touchpoints/customer/customer.fold.js';
import { journeyFold } from '@touchline/touchpoints/journey/journey.fold.js';
import { customerScope } from './customer-scope.js';
import { customerToRecordOn } from './identity-questions.js';
import type { CommandServices, CommandMetadata, SiteFacts } from './services.js';

// What a request names by its id, looked up for a sender who may act on it (domain §1.2). These are facts that never revert (ADR 0041).

export type NamedRejection =
  | 'contact.site-missing'
  | 'scope.other-site'
  | 'site.unknown'
  | 'site.closed'
  | 'journey.unknown'
  | 'customer.unknown'
  | 'customer.erased'
  | 'user.unknown';

interface Unfit<Code extends NamedRejection = NamedRejection> {
  refusal: Rejection<Code>;
}

const unfit = <Code extends NamedRejection>(code: Code, detail: string, field: string): Unfit<Code> => ({
  refusal: identityFault(code, detail, field),
});

export async function siteNamed(
  services: CommandServices,
  metadata: CommandMetadata,
  siteId: string | undefined,
): Promise<{ siteId: string; site: SiteFacts } | Unfit> {
  if (siteId === undefined) return unfit('contact.site-missing', 'name the journey, or the site', 'siteId');
  if (!maySeeSite(metadata.sites, siteId)) return unfit('scope.other-site', 'you do not work for this site', 'siteId');
  const site = await services.sites.site(metadata.tenant, siteId);
  return site === null ? unfit('site.unknown', 'there is no such site', 'siteId') : { siteId, site };
}

/** The same, where it takes new customers. */
export async function siteToActAt(
  services: CommandServices,
  metadata: CommandMetadata,
  siteId: string | undefined,
): Promise<{ siteId: string; site: SiteFacts } | Unfit> {
  const at = await siteNamed(services, metadata, siteId);
  if ('refusal' in at || at.site.open || metadata.history) return at;
  return unfit('site.closed', 'the site is closed', 'siteId');
}

/** Why nothing may be tied to a customer; null where it may: what was sealed apart from them would outlast their erasure. */
export async function customerUnfitForTies(
  services: CommandServices,
  metadata: CommandMetadata,
  customerId: string,
): Promise<Unfit<'customer.unknown' | 'customer.erased'> | null> {
  const events = await services.deps.streams.events(streamName('customer', metadata.tenant, customerId));
  const customer = folded(customerFold, events);
  // Whom only other sites know is not told of: a tie would give access to what they recorded.
  if ((await customerScope(services, metadata, customerId, customer)) !== null)
    return unfit('customer.unknown', 'there is no such customer', 'customerId');
  return customer.erased ? unfit('customer.erased', 'this person was erased; nothing is tied to them any more', 'customerId') : null;
}

/** Users that a request names, by its field; null where the group knows them all. */
export type Mentions = Readonly<Record<string, string | undefined>>;

export async function userUnknown(
  services: CommandServices,
  metadata: CommandMetadata,
  mentions: Mentions = {},
): Promise<Unfit<'user.unknown'> | null> {
  for (const [field, userId] of Object.entries(mentions))
    if (userId !== undefined && (await services.users.user(metadata.tenant, userId)) === null)
      return unfit('user.unknown', 'there is no such user', field);
  return null;
}

/** What a record with a stream of its own is about, as its request names it: a journey, else a customer at a site. */
export interface AboutNamed {
  journeyId?: string;
  customerId?: string;
  siteId?: string;
  /** Something that stands apart is to be tied to the journey's customer. */
  tying?: true;
}

export interface About {
  siteId: string;
  /** Absent where nobody is named, and for a journey that has no customer yet. */
  customerId?: string;
  journeyId?: string;
}

/** `rehearse` says what the request would be refused for: nobody is registered for nothing. */
export async function aboutNamed(
  services: CommandServices,
  metadata: CommandMetadata,
  named: AboutNamed,
  rehearse: (about: About) => Promise<Rejection[]>,
): Promise<About | { refusals: Rejection[] }> {
  const { journeyId, customerId } = named;
  if (journeyId !== undefined) {
    const events = await services.deps.streams.events(streamName('journey', metadata.tenant, journeyId));
    const journey = folded(journeyFold, events);
    if (journey.opened === null) return refused(unfit('journey.unknown', 'there is no such journey', 'journeyId'));
    const { siteId } = journey.opened;
    if (!maySeeSite(metadata.sites, siteId))
      return refused(unfit('scope.other-site', 'this journey belongs to a site you do not work for', 'journeyId'));
    const unfitForTies = named.tying && journey.customerId !== null && (await customerUnfitForTies(services, metadata, journey.customerId));
    if (unfitForTies) return refused(unfitForTies);
    return { siteId, journeyId, ...(journey.customerId !== null && { customerId: journey.customerId }) };
  }
  const at = await siteNamed(services, metadata, named.siteId);
  if ('refusal' in at) return refused(at);
  if (customerId === undefined) return { siteId: at.siteId };
  const { siteId } = at;
  const on = await customerToRecordOn(services, metadata, { customerId, siteId }, (id) => rehearse({ siteId, customerId: id }));
  return 'refusals' in on ? on : { siteId, customerId: on.customerId };
}

const refused = ({ refusal }: Unfit): { refusals: Rejection[] } => ({ refusals: [refusal] });

import type { DecideContext, Decider, EventShape, NewEvent, RecordedEvent, Rejection } from '@touchline/core';
import { identityFault, maySeeSite, streamName } from '@touchline/core';
import type { CommandOutcome } from '@touchline/event-store';
import { handleCommand } from '@touchline/event-store';
import { stageReached } from '@touchline/playbooks';
import type { ContactRules, JourneyOpening } from '@touchline/touchpoints/journey/contact.rules.js';
import type { JourneyStanding } from '@touchline/touchpoints/journey/journey.fold.js';
import { journeyFold, noJourney } from '@touchline/touchpoints/journey/journey.fold.js';
import type { Mentions } from './named.js';
import { customerUnfitForTies, userUnknown } from './named.js';
import { rehearse } from './rehearse.js';
import type { CommandServices, CommandMetadata } from './services.js';

export type JourneyContext = DecideContext & ContactRules;

export interface JourneyOrder<State, Command, E extends EventShape, Code extends string> {
  journeyId: string;
  decider: Decider<State, Command, E, JourneyContext, Code>;
  command: Command;
  /** What the journey is opened with if this is its first event. */
  opening?: JourneyOpening;
  /** Its stream, where this request has read it. */
  read?: readonly RecordedEvent[];
  mentions?: Mentions;
  /** Who is to own it from now on: somebody who still works, at its site. */
  newOwnerId?: string;
  /** Whose it is to be. */
  newCustomerId?: string;
}

export type ScopeRejection =
  | 'journey.unknown'
  | 'scope.other-site'
  | 'site.unknown'
  | 'site.closed'
  | 'user.unknown'
  | 'user.deactivated'
  | 'customer.unknown'
  | 'customer.erased'
  | 'journey.owner-elsewhere';

/**
 * Runs a decider on a journey's stream under the playbook the journey began with (domain §2.3), for a sender who may act
 * on its site (domain §1.2). Stages are worked out here and recorded with the event, so that no reader needs the playbook.
 */
export function recordOnJourney<State, Command, E extends EventShape, Code extends string>(
  services: CommandServices,
  metadata: CommandMetadata,
  order: JourneyOrder<State, Command, E, Code>,
): Promise<CommandOutcome> {
  return handleCommand(services.deps, {
    stream: streamName('journey', metadata.tenant, order.journeyId),
    decider: order.decider,
    command: order.command,
    request: metadata,
    ...(order.read !== undefined && { read: order.read }),
    folds: [journeyFold],
    context: (stateOf) => journeyRules(services, metadata, stateOf(journeyFold), order),
    annotate: (event: NewEvent, context: JourneyContext) => {
      const stage = stageReached(context.playbook, kindOf(event));
      return { playbook: { id: context.playbook.id, version: context.playbook.version }, ...(stage && { stage }) };
    },
  });
}

/**
 * Why nothing would come of an order as the first event of a journey that is not there yet; [] where it would be
 * recorded. Nothing is read of the journey, and nothing written.
 */
export async function rehearseOnJourney<State, Command, E extends EventShape, Code extends string>(
  services: CommandServices,
  metadata: CommandMetadata,
  order: JourneyOrder<State, Command, E, Code>,
): Promise<Rejection[]> {
  const rules = await journeyRules(services, metadata, noJourney, order);
  return 'refusal' in rules ? [rules.refusal] : rehearse(services, metadata, order, rules);
}

/** A declared touchpoint is known by its kind, every other event by its stored name. */
const kindOf = (event: NewEvent): string => (event.type === 'touchpoint-recorded' ? (event.data['kind'] as string) : event.type);

async function journeyRules<S, C, E extends EventShape, Code extends string>(
  services: CommandServices,
  metadata: CommandMetadata,
  journey: JourneyStanding,
  { opening, mentions, newOwnerId, newCustomerId }: JourneyOrder<S, C, E, Code>,
): Promise<ContactRules | { refusal: Rejection<ScopeRejection> }> {
  const opened = journey.opened ?? opening;
  if (opened === undefined) return { refusal: identityFault('journey.unknown', 'there is no such journey', 'journeyId') };
  if (!maySeeSite(metadata.sites, opened.siteId))
    return { refusal: identityFault('scope.other-site', 'this journey belongs to a site you do not work for') };
  const site = await services.sites.site(metadata.tenant, opened.siteId);
  if (site === null) return { refusal: identityFault('site.unknown', 'there is no such site', 'siteId') };
  if (journey.opened === null && !site.open && !metadata.history)
    return { refusal: identityFault('site.closed', 'the site is closed; it takes no new journeys', 'siteId') };
  const unknown =
    (await userUnknown(services, metadata, mentions)) ??
    (newOwnerId === undefined ? null : await unfitToOwn(services, metadata, newOwnerId, opened.siteId)) ??
    (newCustomerId === undefined ? null : await customerUnfitForTies(services, metadata, newCustomerId));
  if (unknown !== null) return unknown;
  const playbook = await services.playbooks.get(metadata.tenant, journey.playbook ?? site.playbook);
  return { playbook, zone: site.zone };
}

async function unfitToOwn(
  services: CommandServices,
  metadata: CommandMetadata,
  ownerId: string,
  siteId: string,
): Promise<{ refusal: Rejection<ScopeRejection> } | null> {
  const owner = await services.users.user(metadata.tenant, ownerId);
  if (owner === null) return { refusal: identityFault('user.unknown', 'there is no such user', 'ownerId') };
  if (!owner.active) return { refusal: identityFault('user.deactivated', 'this user has been deactivated', 'ownerId') };
  return maySeeSite(owner.sites, siteId)
    ? null
    : { refusal: identityFault('journey.owner-elsewhere', 'they do not work for the site of this journey', 'ownerId') };
}

import { v5 as uuidv5 } from 'uuid';
import type { DecideContext, EventShape, Fold, Rejection, Subjects } from '@touchline/core';
import { identityFault, maySeeSite } from '@touchline/core';
import type { CommandOrder, CommandOutcome } from '@touchline/event-store';
import { handleCommand } from '@touchline/event-store';
import type { Mentions } from './named.js';
import { userUnknown } from './named.js';
import { rehearse } from './rehearse.js';
import type { CommandServices, CommandMetadata } from './services.js';

export interface SiteOrder<State, Command, E extends EventShape, Code extends string> extends Pick<
  CommandOrder<State, Command, E, DecideContext, Code>,
  'stream' | 'decider' | 'command'
> {
  /** Where the record belongs, if this is its first event; it stays there. */
  siteId?: string;
  mentions?: Mentions;
}

/** Id of what a command begins: the same at every repetition of it (ADR 0003). */
export const idOfNew = (what: 'complaint' | 'contact', metadata: CommandMetadata): string => uuidv5(what, metadata.commandId);

/**
 * Runs a decider on a record that belongs to a site without being a journey, such as a complaint or an unidentified
 * contact, for a sender who may act on that site (domain §1.2).
 */
export function recordAtSite<State, Command, E extends EventShape, Code extends string>(
  services: CommandServices,
  metadata: CommandMetadata,
  { siteId, mentions, ...order }: SiteOrder<State, Command, E, Code>,
): Promise<CommandOutcome> {
  return handleCommand(services.deps, {
    ...order,
    request: metadata,
    folds: [firstSubjects],
    context: (stateOf) => siteRules(services, metadata, stateOf(firstSubjects)?.site ?? siteId, mentions),
  });
}

/** Why nothing would come of an order as the first event of a record that is not there yet; [] where it would be recorded. */
export async function rehearseAtSite<State, Command, E extends EventShape, Code extends string>(
  services: CommandServices,
  metadata: CommandMetadata,
  order: SiteOrder<State, Command, E, Code>,
): Promise<Rejection[]> {
  const rules = await siteRules(services, metadata, order.siteId, order.mentions);
  return 'refusal' in rules ? [rules.refusal] : rehearse(services, metadata, order, rules);
}

async function siteRules(
  services: CommandServices,
  metadata: CommandMetadata,
  site: string | undefined,
  mentions: Mentions | undefined,
): Promise<{ refusal?: Rejection }> {
  // Of a record that is not there its decider has the last word.
  if (site !== undefined && !maySeeSite(metadata.sites, site))
    return { refusal: identityFault('scope.other-site', 'this belongs to a site you do not work for') };
  return (await userUnknown(services, metadata, mentions)) ?? {};
}

/** Where a record belongs is said by its first event. */
const firstSubjects: Fold<Subjects | null> = { name: 'first-subjects', initial: null, evolve: (first, { meta }) => first ?? meta.subjects };

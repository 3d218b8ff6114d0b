import type { DecideContext, Decider, JsonObject } from '@touchline/core';
import { accept, identityFault, refuse } from '@touchline/core';
import type { Playbook } from '@touchline/playbooks';
import type { PlaybookEvent } from './playbook.events.js';
import type { PublishedVersions } from './playbook.fold.js';
import { publishedFold } from './playbook.fold.js';

export interface PublishPlaybook {
  /** Checked: `parsePlaybook` found no fault. */
  definition: Playbook;
  /** True where the product ships a playbook of that id. */
  shipped: boolean;
}

export type PlaybookRejection = 'playbook.id-is-shipped' | 'playbook.version-not-next';

/** Versions follow one another without a gap and are never replaced: journeys keep the one they began with (domain §2.3). */
export const playbookDecider: Decider<PublishedVersions, PublishPlaybook, PlaybookEvent, DecideContext, PlaybookRejection> = {
  fold: publishedFold,

  decide(versions, { definition, shipped }, { now }) {
    if (shipped)
      return refuse(identityFault('playbook.id-is-shipped', 'a playbook of that id ships with the product; choose another id', 'id'));
    const next = (versions.at(-1)?.version ?? 0) + 1;
    if (definition.version !== next) return refuse(identityFault('playbook.version-not-next', `the next version is ${next}`, 'version'));
    const data = { version: next, definition: definition as unknown as JsonObject };
    return accept({ type: 'playbook-published', data, occurredAt: now, subjects: {} });
  },
};

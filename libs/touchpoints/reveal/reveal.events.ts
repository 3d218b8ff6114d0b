import type { EventDefinition, JsonObject } from '@touchline/core';
import { defineEvent } from '@touchline/core';

// Category and stream: `reveals`, one stream per customer (ADR 0013). Stored shapes: never edit, only upcast.

/** What can be revealed of a customer: the name, the telephone numbers, the rest of the details kept. */
export const REVEALABLE = ['name', 'phones', 'details'] as const;
export type Revealable = (typeof REVEALABLE)[number];
/** A copy of everything held on them; or that a search by the whole of the fields beside it found them, which shows that they are right. */
export type Revealed = Revealable | 'copy' | 'search';

export interface PersonalDataRevealed extends JsonObject {
  fields: Revealed[];
  /** Why it was needed; sealed, since it may name people. */
  reason: string;
  /** Id of the user who saw it. */
  by: string;
}

export type RevealEvent = { type: 'personal-data-revealed'; data: PersonalDataRevealed };

export const revealEvents: EventDefinition[] = [
  defineEvent({ type: 'personal-data-revealed', version: 1, touchpoint: false, personal: { subject: 'customer', fields: ['reason'] } }),
];

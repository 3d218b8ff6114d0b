import type { EventDefinition, JsonObject, Role } from '@touchline/core';
import { defineEvent } from '@touchline/core';

// Category and stream: `user`, one stream per person or service that signs in (ADR 0042). Stored shapes: never edit, only upcast.

export interface UserRegistered extends JsonObject {
  /** Lower case; the user's id derives from it, so it never changes. */
  login: string;
  displayName: string;
}

export interface UserRolesSet extends JsonObject {
  roles: Role[];
  /** The whole group, or the ids of the sites (domain §1.2). */
  sites: 'all' | string[];
}

export interface UserStateChanged extends JsonObject {
  reason?: string;
}

/** That it was, and no more: a secret is replaced, not kept (ADR 0042). */
export interface UserPasswordSet extends JsonObject {
  by: 'self' | 'other';
}

export type UserEvent =
  | { type: 'user-registered'; data: UserRegistered }
  | { type: 'user-roles-set'; data: UserRolesSet }
  | { type: 'user-deactivated'; data: UserStateChanged }
  | { type: 'user-reactivated'; data: UserStateChanged }
  | { type: 'user-password-set'; data: UserPasswordSet };

export const userEvents: EventDefinition[] = [
  defineEvent({ type: 'user-registered', version: 1, touchpoint: false }),
  defineEvent({ type: 'user-roles-set', version: 1, touchpoint: false }),
  defineEvent({ type: 'user-deactivated', version: 1, touchpoint: false }),
  defineEvent({ type: 'user-reactivated', version: 1, touchpoint: false }),
  defineEvent({ type: 'user-password-set', version: 1, touchpoint: false }),
];

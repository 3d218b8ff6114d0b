import type { EventDefinition, JsonObject, RecordedEvent, Role, SiteScope } from '@touchline/core';
import { defineEvent } from '@touchline/core';

// Category and stream: `user`, one stream per person or service that signs in (D4). Stored shapes: never edit, only upcast.

export interface UserRegistered extends JsonObject {
  /** Lower case; the user's id derives from it, so it never changes. */
  login: string;
  displayName: string;
}

export interface UserRolesSet extends JsonObject {
  roles: Role[];
  /** The whole group, or the ids of the sites (D4). */
  sites: 'all' | string[];
}

export interface UserStateChanged extends JsonObject {
  reason?: string;
}

export type UserEvent =
  | { type: 'user-registered'; data: UserRegistered }
  | { type: 'user-roles-set'; data: UserRolesSet }
  | { type: 'user-deactivated'; data: UserStateChanged }
  | { type: 'user-reactivated'; data: UserStateChanged };

export const userEvents: EventDefinition[] = [
  defineEvent({ type: 'user-registered', version: 1, touchpoint: false }),
  defineEvent({ type: 'user-roles-set', version: 1, touchpoint: false }),
  defineEvent({ type: 'user-deactivated', version: 1, touchpoint: false }),
  defineEvent({ type: 'user-reactivated', version: 1, touchpoint: false }),
];

export interface User {
  login: string;
  displayName: string;
  roles: readonly Role[];
  sites: SiteScope;
  active: boolean;
}

export function evolveUser(user: User | null, event: RecordedEvent): User | null {
  const known = event as RecordedEvent<UserEvent>;
  // Registered, and no more: no role, no site.
  if (known.type === 'user-registered')
    return { login: known.data.login, displayName: known.data.displayName, roles: [], sites: [], active: true };
  if (user === null) return null;
  switch (known.type) {
    case 'user-roles-set':
      return { ...user, roles: known.data.roles, sites: known.data.sites };
    case 'user-deactivated':
      return { ...user, active: false };
    case 'user-reactivated':
      return { ...user, active: true };
    default:
      return user;
  }
}

import type { Fold, RecordedEvent, Role, SiteScope } from '@touchline/core';
import type { UserEvent } from './user.events.js';

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

export const userFold: Fold<User | null> = { name: 'user', initial: null, evolve: evolveUser };

/** A user as signing in sees them. What is listed of users does not hold it: it is nobody's business. */
export interface Account extends User {
  /** How often their tokens were ended; a token says which of them it came after. */
  generation: number;
  /** When that was last, ISO 8601 UTC; null before the first. */
  tokensEndedAt: string | null;
}

/** Tokens end for good with a new password, other roles or sites, and a deactivation. */
export function evolveAccount(account: Account | null, event: RecordedEvent): Account | null {
  const user = evolveUser(account, event);
  if (user === null) return null;
  const { generation = 0, tokensEndedAt = null } = account ?? {};
  return endsTokens(account, event as RecordedEvent<UserEvent>)
    ? { ...user, generation: generation + 1, tokensEndedAt: event.meta.recordedAt }
    : { ...user, generation, tokensEndedAt };
}

function endsTokens(account: Account | null, { type, data }: RecordedEvent<UserEvent>): boolean {
  // What somebody is registered with ends nothing: they had no role before.
  if (type === 'user-roles-set') return account !== null && account.roles.length > 0 && !sameGrant(account, data);
  return type === 'user-deactivated' || type === 'user-password-set';
}

const sameGrant = (a: Pick<User, 'roles' | 'sites'>, b: Pick<User, 'roles' | 'sites'>): boolean =>
  sameWords(a.roles, b.roles) && (a.sites === 'all' || b.sites === 'all' ? a.sites === b.sites : sameWords(a.sites, b.sites));

const sameWords = (a: readonly string[], b: readonly string[]): boolean => [...a].sort().join() === [...b].sort().join();

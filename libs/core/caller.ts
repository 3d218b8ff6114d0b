/** Roles within a group, which its administrator gives. */
export const GROUP_ROLES = ['consultant', 'manager', 'service-manager', 'analyst', 'admin', 'service'] as const;

/** `operator` runs the platform for all groups. He belongs to none, and no group gives that role. */
export const ROLES = [...GROUP_ROLES, 'operator'] as const;
export type Role = (typeof ROLES)[number];

/** Where operators and what they order are kept; no group is named so. */
export const PLATFORM = 'platform';

/** The sites somebody may see and act on; 'all' is the whole group (domain §1.2). */
export type SiteScope = 'all' | readonly string[];

/** Where somebody is to act, as it is asked for: the word `all` in place of the list is understood, as it was before there was `allSites`. */
export const scopeOf = ({ allSites, sites }: { allSites?: boolean; sites: SiteScope }): 'all' | string[] =>
  allSites === true || sites === 'all' ? 'all' : [...sites];

/** Somebody signed in. Roles and scope come from the user's stream, not from the token. */
export interface Caller {
  tenant: string;
  userId: string;
  displayName: string;
  roles: readonly Role[];
  sites: SiteScope;
}

/** What a route asks of its caller. `scope` says what the rows or records it touches are bounded by (ADR 0042). */
export interface Permission {
  roles: readonly Role[];
  /** 'site': only what belongs to the caller's sites; 'group': everything of the caller's group; 'self': the caller's own; 'platform': all groups. */
  scope: 'site' | 'group' | 'self' | 'platform';
  /** For the table of permissions, where the roles are not what one would expect. */
  why?: string;
}

export const maySeeSite = (scope: SiteScope, siteId: string): boolean => scope === 'all' || scope.includes(siteId);

/** The roles that count: `operator` of the platform's own users alone, and of those nothing else. */
export const rolesThatCount = (tenant: string, roles: readonly Role[]): Role[] =>
  roles.filter((role) => (role === 'operator') === (tenant === PLATFORM));

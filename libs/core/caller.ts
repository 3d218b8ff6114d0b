export const ROLES = ['consultant', 'manager', 'service-manager', 'analyst', 'admin', 'service'] as const;
export type Role = (typeof ROLES)[number];

/** The sites somebody may see and act on; 'all' is the whole group (D4). */
export type SiteScope = 'all' | readonly string[];

/** Somebody signed in. Roles and scope come from the user's stream, not from the token. */
export interface Caller {
  tenant: string;
  userId: string;
  displayName: string;
  roles: readonly Role[];
  sites: SiteScope;
}

export const maySeeSite = (scope: SiteScope, siteId: string): boolean => scope === 'all' || scope.includes(siteId);

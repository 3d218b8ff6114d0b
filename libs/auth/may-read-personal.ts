import type { Caller, Role } from '@touchline/core';
import { maySeeSite } from '@touchline/core';

/** Those who deal with customers in person. Analysts, administrators and services work without knowing who it is. */
const MEETS_CUSTOMERS: readonly Role[] = ['consultant', 'manager', 'service-manager'];

/** Whether the caller reads the names of those they may see at all. */
export const meetsCustomers = ({ roles }: Pick<Caller, 'roles'>): boolean => roles.some((role) => MEETS_CUSTOMERS.includes(role));

/**
 * Whether the caller reads a customer's name in clear; telephone numbers are masked even then, and a reveal with its
 * reason shows them (domain §13.2). `siteIds`: the sites at which the customer is known.
 */
export const mayReadPersonal = (caller: Pick<Caller, 'roles' | 'sites'>, siteIds: readonly string[]): boolean =>
  meetsCustomers(caller) && siteIds.some((siteId) => maySeeSite(caller.sites, siteId));

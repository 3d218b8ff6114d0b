import type { SiteDirectory } from '@touchline/auth';

/** Site → IANA time zone. Days and months are those of the site's own calendar (domain §7.7). */
export type Zones = Readonly<Record<string, string>>;

/** A site's zone never changes, so what a view counted by it stands. */
export async function zonesOf(directory: SiteDirectory, tenant: string, sites: readonly string[]): Promise<Zones> {
  return Object.fromEntries(
    await Promise.all(sites.map(async (site) => [site, (await directory.site(tenant, site))?.zone ?? 'UTC'] as const)),
  );
}

/** The zone of a row's site, of a parameter that holds the zones as JSON. */
export const zoneSql = (zones: string): string => `coalesce(${zones}::jsonb ->> site_id, 'UTC')`;

import type { Fold, RecordedEvent } from '@touchline/core';
import type { SiteCalendar } from './calendar.events.js';
import type { SiteOpened, SiteEvent } from './site.events.js';

export interface Site extends SiteOpened {
  /** Null until one was set. */
  calendar: SiteCalendar | null;
  open: boolean;
}

export function evolveSite(site: Site | null, event: RecordedEvent): Site | null {
  const known = event as RecordedEvent<SiteEvent>;
  if (known.type === 'site-opened') return { ...known.data, calendar: null, open: true };
  if (site === null) return null;
  switch (known.type) {
    case 'site-changed':
      return { ...site, ...known.data };
    case 'site-calendar-set':
      return { ...site, calendar: known.data };
    case 'site-closed':
      return { ...site, open: false };
    default:
      return site;
  }
}

export const siteFold: Fold<Site | null> = { name: 'site', initial: null, evolve: evolveSite };

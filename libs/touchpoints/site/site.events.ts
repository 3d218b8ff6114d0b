import type { EventDefinition, JsonObject, PlaybookRef } from '@touchline/core';
import { defineEvent } from '@touchline/core';
import type { SiteCalendar } from './calendar.events.js';

// Category and stream: `site`, one stream per showroom or sales office (domain §1.2). Stored shapes: never edit, only upcast.

interface StoredPlaybookRef extends JsonObject, PlaybookRef {
  id: string;
  version: number;
}

export interface SiteOpened extends JsonObject {
  name: string;
  unitId: string;
  /** IANA time zone. */
  zone: string;
  /** What new journeys begin with. */
  playbook: StoredPlaybookRef;
  /** At least one; the first is meant where a contact names none. */
  productLines: string[];
}

/** Only what changed. Neither unit nor zone ever does: limits already counted hang on them. */
export interface SiteChanged extends JsonObject {
  name?: string;
  playbook?: StoredPlaybookRef;
  productLines?: string[];
}

/** The whole calendar, in place of the one before. */
export type SiteCalendarSet = SiteCalendar;

export interface SiteClosed extends JsonObject {
  reason?: string;
}

export type SiteEvent =
  | { type: 'site-opened'; data: SiteOpened }
  | { type: 'site-changed'; data: SiteChanged }
  | { type: 'site-calendar-set'; data: SiteCalendarSet }
  | { type: 'site-closed'; data: SiteClosed };

export const siteEvents: EventDefinition[] = [
  defineEvent({ type: 'site-opened', version: 1, touchpoint: false }),
  defineEvent({ type: 'site-changed', version: 1, touchpoint: false }),
  defineEvent({ type: 'site-calendar-set', version: 1, touchpoint: false }),
  defineEvent({ type: 'site-closed', version: 1, touchpoint: false }),
];

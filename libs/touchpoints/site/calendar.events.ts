import type { JsonObject } from '@touchline/core';

// Stored inside `site-calendar-set`: never edit, only upcast.

export const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** Working time within one day, wall clock of the site `HH:MM`; `to` is exclusive and may be 24:00. */
export interface Slot extends JsonObject {
  from: string;
  to: string;
}

/** A day worked although its weekday or the holidays say otherwise (调休). */
export interface MakeUpDay extends JsonObject {
  date: string;
  /** Hours of its own. */
  slots?: Slot[];
  /** Without hours of its own it has those of the weekday of this date (domain §7.7). */
  replaces?: string;
}

/** When a site works; dates are calendar dates `YYYY-MM-DD` at the site. */
export interface SiteCalendar extends JsonObject {
  /** A weekday that is left out is not worked. */
  weekly: Partial<Record<Weekday, Slot[]>>;
  closed: string[];
  makeUp: MakeUpDay[];
}

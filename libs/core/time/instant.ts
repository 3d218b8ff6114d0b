import { toIso } from './zone.js';

// One reader for every entrance. What it gives is the one form in which instants are stored and compared, as text too.

const INSTANT = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:\d{2})$/;

/** Years of UTC that every store, every comparison of texts and every consumer can hold. */
export const FIRST_YEAR = 1900;
export const LAST_YEAR = 2200;
const FIRST = Date.UTC(FIRST_YEAR, 0);
const END = Date.UTC(LAST_YEAR + 1, 0);

/** Clocks stand no further from UTC than this. */
const MAX_OFFSET = 14 * 60;

/** Minutes ahead of UTC of `Z`, `+08:00` or `+0800`; null for an offset that no clock has. */
export function offsetMinutes(text: string): number | null {
  if (text === 'Z') return 0;
  const match = /^([+-])(\d{2}):?(00|15|30|45)$/.exec(text);
  if (match === null) return null;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return minutes > MAX_OFFSET ? null : match[1] === '-' ? -minutes : minutes;
}

/** ISO 8601 UTC with milliseconds; null where the instant lies outside the years that are held. */
export const heldInstant = (epochMilliseconds: number): string | null =>
  epochMilliseconds >= FIRST && epochMilliseconds < END ? toIso(epochMilliseconds) : null;

/** Midnight UTC of a day, in ms; null for a year the calendar is not asked about, and for 30 February. */
export function midnightOf(year: number, month: number, day: number): number | null {
  const date = new Date(0);
  // Unlike Date.UTC, it takes the year 24 for what it is.
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : null;
}

/** Reads a day of the calendar, YYYY-MM-DD, within the years that are held. */
export function readDate(text: string): { year: number; month: number; day: number } | null {
  const [, year = 0, month = 0, day = 0] = (/^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? []).map(Number);
  if (year < FIRST_YEAR || year > LAST_YEAR || midnightOf(year, month, day) === null) return null;
  return { year, month, day };
}

/**
 * Reads a date and time with an offset (RFC 3339), never a local time. Gives it as ISO 8601 UTC with milliseconds; null for
 * anything else, for a day or a time that no calendar or clock shows, and outside the years that are held.
 */
export function readInstant(value: unknown): string | null {
  const match = typeof value === 'string' ? INSTANT.exec(value) : null;
  if (match === null) return null;
  const [, date = '', hour, minute, second = 0, fraction = '', offset = ''] = match;
  const [year, month, day] = date.split('-').map(Number) as [number, number, number];
  const midnight = midnightOf(year, month, day);
  const ahead = offsetMinutes(offset);
  if (midnight === null || ahead === null || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  const seconds = (Number(hour) * 60 + Number(minute) - ahead) * 60 + Number(second);
  return heldInstant(midnight + seconds * 1000 + Number(fraction.padEnd(3, '0').slice(0, 3)));
}

export const isInstant = (value: unknown): boolean => readInstant(value) !== null;

/** An instant so many ms later; both ISO 8601 UTC with milliseconds. */
export const instantAfter = (instant: string, ms: number): string => toIso(Date.parse(instant) + ms);

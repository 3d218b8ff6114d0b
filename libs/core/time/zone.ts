import { Temporal } from 'temporal-polyfill';

/**
 * The midnight that closes a day at a site: the day of `instant` in `zone`, `days` later (domain §7: "N days" mean the
 * end of that day). Takes and gives ISO 8601 UTC with milliseconds.
 */
export function endOfDay(instant: string, zone: string, days = 0): string {
  const day = Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDate();
  return toIso(day.add({ days: days + 1 }).toZonedDateTime({ timeZone: zone }).epochMilliseconds);
}

/** Calendar date `YYYY-MM-DD` of an instant at a site. */
export const dateAt = (instant: string, zone: string): string =>
  Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDate().toString();

/** The instant a wall-clock time means at a site; a time skipped by a change of clocks moves forward. */
export const instantOf = (local: string, zone: string): string =>
  toIso(Temporal.PlainDateTime.from(local).toZonedDateTime(zone).epochMilliseconds);

/** True for a zone name the time-zone database knows. */
export function isZone(zone: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
    return true;
  } catch {
    return false;
  }
}

/** ISO 8601 UTC with milliseconds, the one form instants are stored and compared in. */
export const toIso = (epochMilliseconds: number): string => new Date(epochMilliseconds).toISOString();

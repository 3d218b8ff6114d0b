import { Temporal } from 'temporal-polyfill';

/**
 * The midnight that closes a day at a site: the day of `instant` in `zone`, `days` later (domain §7.3: "N days" mean the
 * end of that day). Takes and gives ISO 8601 UTC with milliseconds.
 */
export function endOfDay(instant: string, zone: string, days = 0): string {
  const day = Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDate();
  return toIso(day.add({ days: days + 1 }).toZonedDateTime({ timeZone: zone }).epochMilliseconds);
}

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

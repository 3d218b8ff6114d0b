import { Temporal } from 'temporal-polyfill';

const DAY_MS = 86_400_000;
/** Some thirty years. */
const MOST_DAYS = 10_000;

/**
 * How far a zone is ahead of UTC, day by day, where no change of clocks is near. To work it out for each of many times
 * takes longer than all else that is done to read them.
 */
export class ZoneDays {
  private readonly offsets = new Map<number, number | null>();

  constructor(private readonly zone: string) {}

  /**
   * In ms, at a wall-clock time that is counted as if it were UTC; null where clocks change within a day of it.
   * @throws RangeError where there is no such zone
   */
  offsetAt(wall: number): number | null {
    const day = Math.floor(wall / DAY_MS);
    const known = this.offsets.get(day);
    if (known !== undefined) return known;
    // No zone is a day ahead of UTC, or behind: the instant meant lies between the day before and the day after.
    const before = Temporal.Instant.fromEpochMilliseconds((day - 1) * DAY_MS).toZonedDateTimeISO(this.zone);
    const change = before.getTimeZoneTransition('next');
    const steady = change === null || change.epochMilliseconds > (day + 2) * DAY_MS;
    const offset = steady ? before.offsetNanoseconds / 1_000_000 : null;
    if (this.offsets.size === MOST_DAYS) this.offsets.clear();
    this.offsets.set(day, offset);
    return offset;
  }
}

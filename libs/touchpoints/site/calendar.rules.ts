import { readDate } from '@touchline/core';
import type { Rejection } from '@touchline/core';
import type { Weekday, Slot, MakeUpDay, SiteCalendar } from './calendar.events.js';
import { WEEKDAYS } from './calendar.events.js';

export type CalendarRejection =
  'calendar.bad-slot' | 'calendar.slots-overlap' | 'calendar.bad-date' | 'calendar.date-twice' | 'calendar.make-up-without-hours';

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

/** Everything wrong with a calendar; [] where it can be kept. */
export function calendarFaults(calendar: SiteCalendar): Rejection<CalendarRejection>[] {
  const weekly = WEEKDAYS.flatMap((day) => slotFaults(calendar.weekly[day] ?? [], `weekly.${day}`));
  const closed = calendar.closed.flatMap((date, index) => dateFault(date, `closed.${index}`));
  const makeUp = calendar.makeUp.flatMap((day, index) => makeUpFaults(day, calendar, `makeUp.${index}`));
  // A date is either closed or made up for, and only once: else two readers could take it differently.
  const dates = [
    ...calendar.closed.map((date, index) => ({ date, field: `closed.${index}` })),
    ...calendar.makeUp.map(({ date }, index) => ({ date, field: `makeUp.${index}.date` })),
  ];
  const twice = dates.filter(({ date }, index) => dates.findIndex((other) => other.date === date) < index);
  return [...weekly, ...closed, ...makeUp, ...twice.map(({ date, field }) => form('calendar.date-twice', `${date} is given twice`, field))];
}

function slotFaults(slots: readonly Slot[], field: string): Rejection<CalendarRejection>[] {
  const bad = slots.flatMap(({ from, to }, index) =>
    TIME.test(from) && (TIME.test(to) || to === '24:00') && from < to
      ? []
      : [form('calendar.bad-slot', 'a slot goes from HH:MM to a later HH:MM of the same day', `${field}.${index}`)],
  );
  const overlaps = slots.flatMap(({ from }, index) => {
    const before = slots[index - 1];
    return before !== undefined && from < before.to
      ? [form('calendar.slots-overlap', 'slots of a day follow one another in order', `${field}.${index}`)]
      : [];
  });
  return [...bad, ...overlaps];
}

function makeUpFaults(day: MakeUpDay, calendar: SiteCalendar, field: string): Rejection<CalendarRejection>[] {
  const dates = [
    ...dateFault(day.date, `${field}.date`),
    ...(day.replaces === undefined ? [] : dateFault(day.replaces, `${field}.replaces`)),
  ];
  if (dates.length > 0) return dates;
  if (day.slots !== undefined && day.slots.length > 0) return slotFaults(day.slots, `${field}.slots`);
  const replaced = day.replaces === undefined ? [] : (calendar.weekly[weekdayOf(day.replaces)] ?? []);
  return replaced.length > 0
    ? []
    : [form('calendar.make-up-without-hours', 'a make-up day has hours of its own, or replaces a day that has some', field)];
}

const dateFault = (date: string, field: string): Rejection<CalendarRejection>[] =>
  readDate(date) !== null ? [] : [form('calendar.bad-date', 'a date is a day of the calendar, YYYY-MM-DD', field)];

/** Weekday of a calendar date; a date has the same weekday everywhere. */
export const weekdayOf = (date: string): Weekday => WEEKDAYS[(new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7]!;

const form = (code: CalendarRejection, detail: string, field: string): Rejection<CalendarRejection> => ({
  code,
  kind: 'form',
  detail,
  field,
});

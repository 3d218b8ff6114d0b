import { describe, expect, it } from '@jest/globals';
import type { SiteCalendar } from './calendar.events.js';
import { calendarFaults, weekdayOf } from './calendar.rules.js';

const usual: SiteCalendar = {
  weekly: {
    monday: [
      { from: '09:00', to: '12:00' },
      { from: '13:00', to: '18:00' },
    ],
    friday: [{ from: '18:00', to: '24:00' }],
  },
  closed: ['2026-06-19'],
  makeUp: [
    { date: '2026-06-21', replaces: '2026-06-19' },
    { date: '2026-06-28', slots: [{ from: '10:00', to: '16:00' }] },
  ],
};

const faults = (change: Partial<SiteCalendar>): string[] =>
  calendarFaults({ ...usual, ...change }).map(({ code, field }) => `${code} ${field}`);

describe('a calendar', () => {
  it('may have several slots a day, closed dates, and days made up for', () => {
    expect(calendarFaults(usual)).toEqual([]);
  });

  it('may have slots that touch', () => {
    expect(
      faults({
        weekly: {
          ...usual.weekly,
          monday: [
            { from: '09:00', to: '12:00' },
            { from: '12:00', to: '18:00' },
          ],
        },
      }),
    ).toEqual([]);
  });

  it.each([
    [[{ from: '12:00', to: '12:00' }], ['calendar.bad-slot weekly.monday.0']],
    [[{ from: '9:00', to: '12:00' }], ['calendar.bad-slot weekly.monday.0']],
    [[{ from: '09:00', to: '24:01' }], ['calendar.bad-slot weekly.monday.0']],
    [[{ from: '24:00', to: '24:00' }], ['calendar.bad-slot weekly.monday.0']],
    [[{ from: '09:60', to: '12:00' }], ['calendar.bad-slot weekly.monday.0']],
    [
      [
        { from: '09:00', to: '12:00' },
        { from: '11:59', to: '18:00' },
      ],
      ['calendar.slots-overlap weekly.monday.1'],
    ],
    [
      [
        { from: '13:00', to: '18:00' },
        { from: '09:00', to: '12:00' },
      ],
      ['calendar.slots-overlap weekly.monday.1'],
    ],
  ])('refuses the slots %j', (monday, expected) => {
    expect(faults({ weekly: { ...usual.weekly, monday } })).toEqual(expected);
  });

  it.each(['2026-02-29', '2026-13-01', '19.06.2026', '2026-6-19', ''])('refuses the date "%s"', (date) => {
    expect(faults({ closed: [date] })).toEqual(['calendar.bad-date closed.0']);
    expect(faults({ makeUp: [{ date, slots: [{ from: '09:00', to: '12:00' }] }] })).toEqual(['calendar.bad-date makeUp.0.date']);
  });

  it('takes 29 February in a leap year', () => {
    expect(faults({ closed: ['2028-02-29'] })).toEqual([]);
  });

  it('refuses a date that is closed twice, or closed and made up for', () => {
    expect(faults({ closed: ['2026-06-19', '2026-06-19'] })).toEqual(['calendar.date-twice closed.1']);
    expect(faults({ closed: ['2026-06-21'] })).toEqual(['calendar.date-twice makeUp.0.date']);
  });

  it('refuses a make-up day whose hours nobody can tell', () => {
    const code = 'calendar.make-up-without-hours makeUp.0';
    expect(faults({ makeUp: [{ date: '2026-06-21' }] })).toEqual([code]);
    expect(faults({ makeUp: [{ date: '2026-06-21', slots: [] }] })).toEqual([code]);
    // A Saturday, on which the site does not work.
    expect(faults({ makeUp: [{ date: '2026-06-21', replaces: '2026-06-20' }] })).toEqual([code]);
  });

  it("prefers a make-up day's own hours to those of the day it replaces", () => {
    expect(faults({ makeUp: [{ date: '2026-06-21', replaces: '2026-06-20', slots: [{ from: '10:00', to: '16:00' }] }] })).toEqual([]);
    expect(faults({ makeUp: [{ date: '2026-06-21', replaces: '2026-06-19', slots: [{ from: '16:00', to: '10:00' }] }] })).toEqual([
      'calendar.bad-slot makeUp.0.slots.0',
    ]);
  });
});

it.each([
  ['2026-06-19', 'friday'],
  ['2026-06-21', 'sunday'],
  ['2026-06-22', 'monday'],
  ['2028-02-29', 'tuesday'],
])('%s is a %s', (date, weekday) => {
  expect(weekdayOf(date)).toBe(weekday);
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isInstant, readDate, readInstant } from './instant.js';

describe('an instant', () => {
  it.each([
    ['2026-03-02T10:00:00+08:00', '2026-03-02T02:00:00.000Z'],
    ['2026-03-02T10:00Z', '2026-03-02T10:00:00.000Z'],
    ['2026-03-02T10:00:00.1Z', '2026-03-02T10:00:00.100Z'],
    ['2026-03-02T10:00:00.123456789+05:45', '2026-03-02T04:15:00.123Z'],
    ['2026-03-02T10:00:00-00:00', '2026-03-02T10:00:00.000Z'],
    ['2024-02-29T23:59:59+14:00', '2024-02-29T09:59:59.000Z'],
    // Bounded after conversion to UTC, to the millisecond.
    ['1900-01-01T08:00:00+08:00', '1900-01-01T00:00:00.000Z'],
    ['1899-12-31T19:00:00-05:00', '1900-01-01T00:00:00.000Z'],
    ['2201-01-01T07:59:59.999+08:00', '2200-12-31T23:59:59.999Z'],
  ])('%s is %s', (text, instant) => expect(readInstant(text)).toBe(instant));

  it.each([
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00+08:00',
    '0050-06-01T00:00:00Z',
    '1900-01-01T07:59:59.999+08:00',
    '2201-01-01T00:00:00Z',
    '9999-12-31T23:59:59-08:00',
    '+010000-01-01T00:00:00Z',
    '2026-02-30T10:00:00+08:00',
    '2026-02-29T10:00:00+08:00',
    '2026-13-01T10:00:00+08:00',
    '2026-00-01T10:00:00+08:00',
    '2026-01-00T10:00:00+08:00',
    '2026-03-02T24:00:00+08:00',
    '2026-03-02T10:60:00+08:00',
    '2026-03-02T10:00:60+08:00',
    '2026-03-02T10:00:00+14:15',
    '2026-03-02T10:00:00-14:15',
    '2026-03-02T10:00:00+08:07',
    '2026-03-02T10:00:00+0800',
    '2026-03-02T10:00:00',
    '2026-03-02 10:00:00+08:00',
    '2026-03-02',
    '2026-03-02T10:00:00.1234567890Z',
    ' 2026-03-02T10:00:00Z',
    '2026-03-02T10:00:00Z\n',
    '２０２６-03-02T10:00:00Z',
    '',
    1_772_416_800_000,
    null,
    ['2026-03-02T10:00:00Z'],
  ])('%j is none', (value) => expect([readInstant(value), isInstant(value)]).toEqual([null, false]));

  it('reads what it gives as itself, and everything else as the one before or after that it is', () => {
    const ms = fc.integer({ min: Date.UTC(1900, 0, 2), max: Date.UTC(2200, 11, 30) });
    const quarters = fc.integer({ min: -14 * 4, max: 14 * 4 });
    fc.assert(
      fc.property(ms, quarters, (at, quarter) => {
        const utc = new Date(at).toISOString();
        expect(readInstant(utc)).toBe(utc);
        const ahead = Math.abs(quarter) * 15;
        const digits = (number: number): string => String(number).padStart(2, '0');
        const offset = `${quarter < 0 ? '-' : '+'}${digits(Math.floor(ahead / 60))}:${digits(ahead % 60)}`;
        const local = new Date(at + quarter * 15 * 60_000).toISOString().replace('Z', offset);
        expect(readInstant(local)).toBe(utc);
      }),
    );
  });
});

describe('a date', () => {
  it('is a day of the calendar', () => {
    expect(readDate('2024-02-29')).toEqual({ year: 2024, month: 2, day: 29 });
    expect(['2026-02-29', '2026-02-30', '0001-01-01', '9999-12-31', '2026-2-3', '2026-03-02T00:00:00Z', ''].map(readDate)).toEqual(
      Array<null>(7).fill(null),
    );
  });
});

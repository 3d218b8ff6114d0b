import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import type { TimeOptions } from './parse.js';
import { timeFormat, UnknownTimeFormat } from './parse.js';

describe('time format', () => {
  it.each([
    ['yyyy-MM-dd', '2016-10-20', '2016-10-20T00:00:00.000Z'],
    ['d/M/yyyy HH:mm', '29/2/2016 01:16', '2016-02-29T01:16:00.000Z'],
    ['d/M/yyyy HH:mm', '5/12/2016 23:59', '2016-12-05T23:59:00.000Z'],
    ["yyyy-MM-dd'T'HH:mm:ss.SSSXXX", '2016-10-20T08:00:00.250+08:00', '2016-10-20T00:00:00.250Z'],
    ['yyyy年M月d日 H时m分', '2024年3月5日 9时7分', '2024-03-05T09:07:00.000Z'],
    ['M/d/yyyy h:mm a', '3/5/2024 12:07 AM', '2024-03-05T00:07:00.000Z'],
    ['M/d/yyyy h:mm a', '3/5/2024 12:07 pm', '2024-03-05T12:07:00.000Z'],
    ['iso', '2024-03-05', '2024-03-05T00:00:00.000Z'],
    ['iso', '2024-03-05T10:00:00.123456+0800', '2024-03-05T02:00:00.123Z'],
    ['iso', '2024-03-05 10:00', '2024-03-05T10:00:00.000Z'],
    ['epoch-seconds', '1709600000', '2024-03-05T00:53:20.000Z'],
    ['epoch-milliseconds', '1709600000123', '2024-03-05T00:53:20.123Z'],
  ])('%s reads %s', (pattern, text, instant) => expect(timeFormat(pattern, 'UTC').parse(text)).toBe(instant));

  it.each([
    ['yyyy-MM-dd', '2016-02-30'],
    ['yyyy-MM-dd', '2016-10-20 '],
    ['yyyy-MM-dd', '20/10/2016'],
    ['d/M/yyyy HH:mm', '13/13/2016 01:00'],
    ['d/M/yyyy HH:mm', '1/1/2016 24:00'],
    ['d/M/yyyy HH:mm', '1/1/2016 1:00'],
    ['M/d/yyyy h:mm a', '3/5/2024 13:07 PM'],
    ['iso', '2024-13-05'],
    ['iso', '05.03.2024'],
    ['iso', '0001-01-01T00:00:00'],
    ['iso', '2026-02-30T10:00:00+08:00'],
    ['iso', '2026-02-28T10:00:00+23:00'],
    ['iso', '9999-12-31T23:59:59-08:00'],
    ['d/M/yyyy HH:mm', '1/1/0001 00:00'],
    ['yyyy-MM-dd', '2201-01-01'],
    ['epoch-seconds', '-62135596800'],
    ['epoch-seconds', 'soon'],
    ['epoch-milliseconds', '999999999999999'],
  ])('%s refuses %s', (pattern, text) => expect(timeFormat(pattern, 'UTC').parse(text)).toBeNull());

  it('reads a wall-clock time in the zone', () => {
    expect(timeFormat('yyyy-MM-dd', 'Asia/Shanghai').parse('2024-03-05')).toBe('2024-03-04T16:00:00.000Z');
    expect(timeFormat('yyyy-MM-dd HH:mm', 'Europe/Berlin').parse('2024-07-01 12:00')).toBe('2024-07-01T10:00:00.000Z');
  });

  it.each<[string, string, TimeOptions, string | null]>([
    ['dd/MM/yy', '05/03/24', { century: 2000 }, '2024-03-05T00:00:00.000Z'],
    ['dd/MM/yy', '05/03/61', { century: 1950 }, '1961-03-05T00:00:00.000Z'],
    ['dd/MM/yy', '05/03/49', { century: 1950 }, '2049-03-05T00:00:00.000Z'],
    ['d MMM yyyy', '5 Mar 2024', {}, '2024-03-05T00:00:00.000Z'],
    ['d-MMM-yyyy', '5-SEPT-2024', {}, '2024-09-05T00:00:00.000Z'],
    ['MMMM d, yyyy h:mm a', 'November 5, 2024 3:07 p.m.', {}, '2024-11-05T15:07:00.000Z'],
    ['d. MMMM yyyy', '5. März 2024', { locale: 'de' }, '2024-03-05T00:00:00.000Z'],
    ['d MMMM yyyy', '5 марта 2024', { locale: 'ru' }, '2024-03-05T00:00:00.000Z'],
    ['d. MMMM yyyy', '5. März 2024', {}, null],
    ['yyyy年MMMd日', '2024年十一月5日', {}, '2024-11-05T00:00:00.000Z'],
    ['yyyy/M/d a h:mm', '2024/3/5 下午 3:07', {}, '2024-03-05T15:07:00.000Z'],
    ['yyyy/M/d ah:mm', '2024/3/5 上午12:07', {}, '2024-03-05T00:07:00.000Z'],
    ['excel', '45356', {}, '2024-03-05T00:00:00.000Z'],
    ['excel', '45356.63', {}, '2024-03-05T15:07:12.000Z'],
    ['excel', '45356.43402777778', {}, '2024-03-05T10:25:00.000Z'],
    ['excel', '1', {}, '1900-01-01T00:00:00.000Z'],
    ['excel', '0', {}, null],
    ['excel', '60', {}, null],
    ['excel', '61', {}, '1900-03-01T00:00:00.000Z'],
    ['excel-1904', '43894', {}, '2024-03-05T00:00:00.000Z'],
    ['excel', '2024-03-05', {}, null],
    ['yyyy-MM-dd HH:mm', '2024-02-28 25:30', { pastMidnight: true }, '2024-02-29T01:30:00.000Z'],
    ['yyyy-MM-dd HH:mm', '2024-02-29 24:00', { pastMidnight: true }, '2024-03-01T00:00:00.000Z'],
    ['yyyy-MM-dd HH:mm', '2024-02-28 48:00', { pastMidnight: true }, null],
    ['yyyy-MM-dd HH:mm', '2024-02-28 24:00', {}, null],
  ])('%s reads %s with %j', (pattern, text, options, instant) => {
    expect(timeFormat(pattern, 'UTC', 'reject', options).parse(text)).toBe(instant);
  });

  it('of a day alone tells where it ends, and the day of the month as it is written', () => {
    const berlin = (pattern: string) => timeFormat(pattern, 'Europe/Berlin');
    expect(berlin('d/M/yyyy').read('31/3/2024')).toEqual({ at: '2024-03-30T23:00:00.000Z', until: '2024-03-31T22:00:00.000Z', day: 31 });
    expect(berlin('iso').read('2024-10-27')).toEqual({ at: '2024-10-26T22:00:00.000Z', until: '2024-10-27T23:00:00.000Z' });
    expect(berlin('excel').read('45356')).toMatchObject({ until: '2024-03-05T23:00:00.000Z' });
    expect(berlin('d/M/yyyy HH:mm').read('3/4/2024 00:00')).toEqual({ at: '2024-04-02T22:00:00.000Z', day: 3 });
  });

  it('refuses a time that a change of clocks skips or repeats, unless told which is meant', () => {
    const skipped = '2024-03-31 02:30';
    const repeated = '2024-10-27 02:30';
    const berlin = (disambiguation?: 'earlier' | 'later') => timeFormat('yyyy-MM-dd HH:mm', 'Europe/Berlin', disambiguation);
    expect(berlin().parse(skipped)).toBeNull();
    expect(berlin().parse(repeated)).toBeNull();
    expect(berlin('earlier').parse(repeated)).toBe('2024-10-27T00:30:00.000Z');
    expect(berlin('later').parse(repeated)).toBe('2024-10-27T01:30:00.000Z');
  });

  it.each(['Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Apia', 'Africa/Casablanca', 'UTC'])(
    'reads every time in %s as the calendar and the clocks there have it',
    (zone) => {
      const minutes = fc.integer({ min: Date.UTC(1900, 0, 2) / 60_000, max: Date.UTC(2040, 0) / 60_000 });
      const rule = fc.constantFrom('reject' as const, 'earlier' as const, 'later' as const);
      // Clocks changed in each of these nights.
      const nights = [
        '2024-03-10 02:30',
        '2024-03-31 02:30',
        '2024-10-06 02:15',
        '2024-10-27 02:30',
        '2024-11-03 01:30',
        '2011-12-30 09:00',
      ];
      const examples = nights.flatMap((text) =>
        (['reject', 'earlier', 'later'] as const).map((each) => [Date.parse(`${text}Z`) / 60_000, each]),
      );
      fc.assert(
        fc.property(minutes, rule, (minute, disambiguation) => {
          const text = new Date(minute * 60_000).toISOString().slice(0, 16);
          const read = timeFormat("yyyy-MM-dd'T'HH:mm", zone, disambiguation).parse(text);
          expect(read).toBe(byTemporal(text, zone, disambiguation));
          expect(timeFormat('iso', zone, disambiguation).parse(text)).toBe(read);
        }),
        { examples: examples as [number, 'reject' | 'earlier' | 'later'][] },
      );
    },
  );

  it('reads no day that no calendar shows, nor a time that no clock does', () => {
    const format = timeFormat('yyyy-MM-dd HH:mm:ss', 'UTC');
    const parse = (text: string): string | null => format.parse(text);
    expect(
      ['2023-02-29 00:00:00', '2024-00-10 00:00:00', '2024-01-00 00:00:00', '2024-01-01 00:60:00', '2024-01-01 00:00:60'].map(parse),
    ).toEqual(Array<null>(5).fill(null));
  });

  it.each(['yy-MM-dd', 'MM/dd', 'yyyy-MM-dd hh:mm', 'yyyy-MM-dd HH:mm a', 'yyyy-MM-dd yyyy', "yyyy-MM-dd'T", 'DD.MM.YYYY'])(
    'does not accept the format %s',
    (pattern) => expect(() => timeFormat(pattern, 'UTC')).toThrow(UnknownTimeFormat),
  );
});

function byTemporal(text: string, zone: string, disambiguation: 'reject' | 'earlier' | 'later'): string | null {
  try {
    return new Date(Temporal.PlainDateTime.from(text).toZonedDateTime(zone, { disambiguation }).epochMilliseconds).toISOString();
  } catch {
    return null;
  }
}

import { Temporal } from 'temporal-polyfill';
import { heldInstant, midnightOf, offsetMinutes } from './instant.js';
import { ZoneDays } from './zone-days.js';

/** What to do with a wall-clock time that a change of clocks skips or repeats; `reject` guesses nothing. */
export type Disambiguation = 'reject' | 'earlier' | 'later';

/** A time as a source states it. */
export interface TimeRead {
  /** ISO 8601 UTC with milliseconds. */
  at: string;
  /** Set where no time of the day is stated: `at` is the day's beginning, and this its end. */
  until?: string;
  /** Of the month, as the text has it; absent where the format has no such part. */
  day?: number;
}

export interface TimeFormat {
  readonly pattern: string;
  /** Null where the text is not of this format, no such time exists, or its year is not held. */
  read(text: string): TimeRead | null;
  /** The instant alone. */
  parse(text: string): string | null;
}

/** What a pattern leaves open. */
export interface TimeOptions {
  /** `yy` is the year that ends so within the hundred from here on. */
  century?: number;
  /** BCP 47 tag of the language of the months' names, beside English and Chinese. */
  locale?: string;
  /** Hours from 24 on are of the days after. */
  pastMidnight?: boolean;
}

/** Thrown for a format that cannot be read; the message says why. */
export class UnknownTimeFormat extends Error {
  override readonly name = 'UnknownTimeFormat';
}

type Part = 'year' | 'yearOfCentury' | 'month' | 'monthName' | 'day' | 'hour' | 'minute' | 'second' | 'fraction' | 'half' | 'offset';
interface Token {
  part: Part;
  regex: string;
}

// Unicode TR 35 date fields, the subset that has one meaning in every language.
const TOKENS: Readonly<Record<string, Token>> = {
  yyyy: { part: 'year', regex: '\\d{4}' },
  yy: { part: 'yearOfCentury', regex: '\\d{2}' },
  MM: { part: 'month', regex: '\\d{2}' },
  M: { part: 'month', regex: '\\d{1,2}' },
  dd: { part: 'day', regex: '\\d{2}' },
  d: { part: 'day', regex: '\\d{1,2}' },
  HH: { part: 'hour', regex: '\\d{2}' },
  H: { part: 'hour', regex: '\\d{1,2}' },
  hh: { part: 'hour', regex: '\\d{2}' },
  h: { part: 'hour', regex: '\\d{1,2}' },
  mm: { part: 'minute', regex: '\\d{2}' },
  m: { part: 'minute', regex: '\\d{1,2}' },
  ss: { part: 'second', regex: '\\d{2}' },
  s: { part: 'second', regex: '\\d{1,2}' },
  SSS: { part: 'fraction', regex: '\\d{3}' },
  a: { part: 'half', regex: '[AaPp]\\.?[Mm]\\.?|上午|下午' },
  XXX: { part: 'offset', regex: 'Z|[+-]\\d{2}:\\d{2}' },
};

/**
 * Reads times of one format: `iso`, `epoch-seconds`, `epoch-milliseconds`, `excel` (days of a spreadsheet), `excel-1904`, or a
 * pattern such as `d/M/yyyy HH:mm` (`yyyy yy MMMM MMM MM M dd d HH H hh h a mm m ss s SSS XXX`; other letters in single
 * quotes). The whole text must match. Texts without an offset are wall-clock time in `zone`.
 * @throws UnknownTimeFormat
 */
export function timeFormat(
  pattern: string,
  zone: string,
  disambiguation: Disambiguation = 'reject',
  options: TimeOptions = {},
): TimeFormat {
  const zoned: Zoned = { zone, disambiguation, days: new ZoneDays(zone) };
  const read = readerOf(pattern, zoned, options);
  return { pattern, read, parse: (text) => read(text)?.at ?? null };
}

function readerOf(pattern: string, zoned: Zoned, options: TimeOptions): TimeFormat['read'] {
  switch (pattern) {
    case 'iso':
      return (text) => parseIso(text, zoned);
    case 'epoch-seconds':
      return (text) => fromEpoch(text, 1000);
    case 'epoch-milliseconds':
      return (text) => fromEpoch(text, 1);
    case 'excel':
    case 'excel-1904':
      return (text) => {
        const wall = fromSerial(text, pattern === 'excel-1904');
        return wall === null ? null : placed(wall.at, undefined, zoned, wall.isDay);
      };
  }
  const compiled = compile(pattern, options);
  const offset = compiled.parts.indexOf('offset');
  const isDay = !compiled.parts.includes('hour');
  return (text) => {
    const match = compiled.regex.exec(text);
    const wall = match === null ? null : wallClock(compiled, match, options);
    if (match === null || wall === null) return null;
    const at = placed(wall.at, offset < 0 ? undefined : match[offset + 1], zoned, isDay);
    return at === null ? null : { day: wall.day, ...at };
  };
}

/** The instant of a wall-clock time; of a day alone also its end. */
function placed(wall: number, offset: string | undefined, zoned: Zoned, isDay: boolean): TimeRead | null {
  const at = place(wall, offset, zoned);
  if (at === null || !isDay) return at === null ? null : { at };
  const until = place(wall + DAY_MS, offset, { ...zoned, disambiguation: 'later' });
  return until === null ? null : { at, until };
}

const DAY_MS = 86_400_000;

interface Compiled {
  regex: RegExp;
  parts: Part[];
  months: ReadonlyMap<string, number>;
}

function compile(pattern: string, { century, locale }: TimeOptions): Compiled {
  const months = /MMM/.test(pattern) ? monthNames(locale) : new Map<string, number>();
  const parts: Part[] = [];
  let regex = '';
  for (const [piece] of pattern.matchAll(/'[^']*'|([a-zA-Z])\1*|[^a-zA-Z']+|'/g)) {
    const token = /^MMMM?$/.test(piece) ? namesOf(months) : TOKENS[piece];
    if (token !== undefined) {
      if (parts.includes(token.part)) throw new UnknownTimeFormat(`"${pattern}" names the ${token.part} twice`);
      parts.push(token.part);
      regex += `(${token.regex})`;
    } else if (piece.startsWith("'") && piece.length > 1) regex += escape(piece.slice(1, -1));
    else if (/^[a-zA-Z']/.test(piece))
      throw new UnknownTimeFormat(`"${pattern}": "${piece}" is no known part; put text into single quotes`);
    else regex += escape(piece);
  }
  const said: Record<string, boolean> = {
    year: parts.includes('year') !== parts.includes('yearOfCentury'),
    month: parts.includes('month') !== parts.includes('monthName'),
    day: parts.includes('day'),
  };
  for (const [needed, once] of Object.entries(said))
    if (!once) throw new UnknownTimeFormat(`"${pattern}" does not say the ${needed}, or says it twice`);
  if (parts.includes('yearOfCentury') && century === undefined)
    throw new UnknownTimeFormat(`"${pattern}" has years of two digits; say of which hundred years (century)`);
  if (/h/.test(pattern.replace(/'[^']*'/g, '')) !== parts.includes('half'))
    throw new UnknownTimeFormat(`"${pattern}": hours of 1–12 (h) and the half of the day (a) go together`);
  return { regex: new RegExp(`^${regex}$`, 'i'), parts, months };
}

const namesOf = (months: ReadonlyMap<string, number>): Token => ({
  part: 'monthName',
  // The longest first: "November" begins as "Nov" does.
  regex: [...months.keys()]
    .sort((a, b) => b.length - a.length)
    .map(escape)
    .join('|'),
});

/** Names of the months, short and long, in lower case: English, Chinese and those of a language. */
function monthNames(locale: string | undefined): ReadonlyMap<string, number> {
  const names = new Map<string, number>([['sept', 8]]);
  for (const each of ['en', 'zh-u-nu-hanidec', 'zh', ...(locale === undefined ? [] : [locale])])
    for (const style of ['long', 'short'] as const) {
      const format = monthFormat(each, style);
      for (let month = 0; month < 12; month += 1)
        for (const part of [format.with, format.alone]) {
          const name = part(new Date(Date.UTC(2024, month, 9))).toLowerCase();
          if (name !== '') names.set(name.replace(/\.$/, ''), month).set(name, month);
        }
    }
  for (const [month, name] of '一 二 三 四 五 六 七 八 九 十 十一 十二'.split(' ').entries()) names.set(`${name}月`, month);
  return names;
}

/** Some languages write a month otherwise beside its day than alone. */
function monthFormat(locale: string, month: 'long' | 'short') {
  const ofFormat = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(locale, { ...options, month, timeZone: 'UTC' });
    return (date: Date): string => format.formatToParts(date).find(({ type }) => type === 'month')?.value ?? '';
  };
  return { with: ofFormat({ day: 'numeric' }), alone: ofFormat({}) };
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** A wall-clock time in ms, counted as if it were UTC, and its day of the month; null where no calendar or clock shows it. */
function wallClock({ parts, months }: Compiled, match: RegExpExecArray, options: TimeOptions): { at: number; day: number } | null {
  const text = (part: Part): string | undefined => {
    const place = parts.indexOf(part);
    return place < 0 ? undefined : match[place + 1];
  };
  const number = (part: Part): number => Number(text(part) ?? 0);
  const half = text('half')?.toLowerCase();
  let hour = number('hour');
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return null;
    hour = (hour % 12) + (half.startsWith('p') || half === '下午' ? 12 : 0);
  }
  const [minute, second, day] = [number('minute'), number('second'), number('day')];
  if (hour > (options.pastMidnight === true && half === undefined ? 47 : 23) || minute > 59 || second > 59) return null;
  const named = text('monthName');
  const month = named === undefined ? number('month') : (months.get(named.toLowerCase()) ?? -1) + 1;
  const midnight = midnightOf(yearOf(text('yearOfCentury'), number('year'), options), month, day);
  return midnight === null ? null : { at: midnight + ((hour * 60 + minute) * 60 + second) * 1000 + number('fraction'), day };
}

function yearOf(ofCentury: string | undefined, year: number, { century = 0 }: TimeOptions): number {
  if (ofCentury === undefined) return year;
  const first = century - (century % 100) + Number(ofCentury);
  return first < century ? first + 100 : first;
}

/** How texts that state no offset are read. */
interface Zoned {
  zone: string;
  disambiguation: Disambiguation;
  days: ZoneDays;
}

function parseIso(text: string, zoned: Zoned): TimeRead | null {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:?\d{2})?)?$/.exec(text);
  if (match === null) return null;
  const [, day = '', clock, offset] = match;
  const wall = orNull(
    () => Temporal.PlainDateTime.from(`${day}T${clock ?? '00:00'}`, { overflow: 'reject' }).toZonedDateTime('UTC').epochMilliseconds,
  );
  return wall === null ? null : placed(wall, offset, zoned, clock === undefined);
}

/** A spreadsheet's count of days as a wall-clock time: since 1900, with a 29 February in it that there never was, or since 1904. */
function fromSerial(text: string, since1904: boolean): { at: number; isDay: boolean } | null {
  const days = /^\d{1,6}(\.\d+)?$/.test(text) ? Number(text) : NaN;
  const whole = Math.floor(days);
  if (Number.isNaN(days) || (!since1904 && (whole === 60 || whole < 1))) return null;
  const first = since1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, whole < 60 ? 31 : 30);
  // A day is kept as a fraction of floating point: to the second it is what was typed.
  return { at: first + Math.round(days * 86_400) * 1000, isDay: days === whole };
}

/** The instant of a wall-clock time: by the offset its text states, else in the zone. */
function place(wall: number, offset: string | undefined, { zone, disambiguation, days }: Zoned): string | null {
  if (offset !== undefined) {
    const minutes = offsetMinutes(offset);
    return minutes === null ? null : heldInstant(wall - minutes * 60_000);
  }
  const ahead = orNull(() => days.offsetAt(wall));
  if (ahead !== null) return heldInstant(wall - ahead);
  const time = Temporal.Instant.fromEpochMilliseconds(wall).toZonedDateTimeISO('UTC').toPlainDateTime();
  const at = orNull(() => time.toZonedDateTime(zone, { disambiguation }));
  return at === null ? null : heldInstant(at.epochMilliseconds);
}

/** Fifteen digits stay a safe integer. */
function fromEpoch(text: string, unit: number): TimeRead | null {
  const at = /^-?\d{1,15}$/.test(text) ? heldInstant(Number(text) * unit) : null;
  return at === null ? null : { at };
}

/** Temporal throws RangeError for a time that does not exist, and for nothing else here. */
function orNull<T>(make: () => T): T | null {
  try {
    return make();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

import { Temporal } from 'temporal-polyfill';
import { heldInstant, midnightOf, offsetMinutes } from './instant.js';
import { ZoneDays } from './zone-days.js';

/** What to do with a wall-clock time that a change of clocks skips or repeats; `reject` guesses nothing. */
export type Disambiguation = 'reject' | 'earlier' | 'later';

export interface TimeFormat {
  readonly pattern: string;
  /** The instant of a text, ISO 8601 UTC with milliseconds; null where it is not of this format, no such time exists, or its year is not held. */
  parse(text: string): string | null;
}

/** Thrown for a format that cannot be read; the message says why. */
export class UnknownTimeFormat extends Error {
  override readonly name = 'UnknownTimeFormat';
}

type Part = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'fraction' | 'half' | 'offset';
interface Token {
  part: Part;
  regex: string;
}

// Unicode TR 35 date fields, the subset that has one meaning in every language.
const TOKENS: Readonly<Record<string, Token>> = {
  yyyy: { part: 'year', regex: '\\d{4}' },
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
  a: { part: 'half', regex: '[AaPp][Mm]' },
  XXX: { part: 'offset', regex: 'Z|[+-]\\d{2}:\\d{2}' },
};

/**
 * Reads times of one format: `iso`, `epoch-seconds`, `epoch-milliseconds`, or a pattern such as `d/M/yyyy HH:mm`
 * (`yyyy MM M dd d HH H hh h a mm m ss s SSS XXX`; other letters in single quotes). The whole text must match; a date
 * alone is 00:00. Texts without an offset are wall-clock time in `zone`.
 * @throws UnknownTimeFormat
 */
export function timeFormat(pattern: string, zone: string, disambiguation: Disambiguation = 'reject'): TimeFormat {
  const zoned: Zoned = { zone, disambiguation, days: new ZoneDays(zone) };
  if (pattern === 'iso') return { pattern, parse: (text) => parseIso(text, zoned) };
  if (pattern === 'epoch-seconds') return { pattern, parse: (text) => fromEpoch(text, 1000) };
  if (pattern === 'epoch-milliseconds') return { pattern, parse: (text) => fromEpoch(text, 1) };
  const { regex, parts } = compile(pattern);
  const offset = parts.indexOf('offset');
  return {
    pattern,
    parse(text) {
      const match = regex.exec(text);
      if (match === null) return null;
      const wall = wallClock(parts, match);
      return wall === null ? null : place(wall, offset < 0 ? undefined : match[offset + 1], zoned);
    },
  };
}

function compile(pattern: string): { regex: RegExp; parts: Part[] } {
  const parts: Part[] = [];
  let regex = '';
  for (const [piece] of pattern.matchAll(/'[^']*'|([a-zA-Z])\1*|[^a-zA-Z']+|'/g)) {
    const token = TOKENS[piece];
    if (token !== undefined) {
      if (parts.includes(token.part)) throw new UnknownTimeFormat(`"${pattern}" names the ${token.part} twice`);
      parts.push(token.part);
      regex += `(${token.regex})`;
    } else if (piece.startsWith("'") && piece.length > 1) regex += escape(piece.slice(1, -1));
    else if (/^[a-zA-Z']/.test(piece))
      throw new UnknownTimeFormat(`"${pattern}": "${piece}" is no known part; put text into single quotes`);
    else regex += escape(piece);
  }
  for (const needed of ['year', 'month', 'day'] as const)
    if (!parts.includes(needed)) throw new UnknownTimeFormat(`"${pattern}" does not say the ${needed}`);
  if (/h/.test(pattern.replace(/'[^']*'/g, '')) !== parts.includes('half'))
    throw new UnknownTimeFormat(`"${pattern}": hours of 1–12 (h) and the half of the day (a) go together`);
  return { regex: new RegExp(`^${regex}$`), parts };
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** A wall-clock time in ms, counted as if it were UTC; null where no calendar or clock shows it. */
function wallClock(parts: readonly Part[], match: RegExpExecArray): number | null {
  const number = (part: Part, absent = 0): number => {
    const place = parts.indexOf(part);
    return place < 0 ? absent : Number(match[place + 1]);
  };
  const place = parts.indexOf('half');
  let hour = number('hour');
  if (place >= 0) {
    if (hour < 1 || hour > 12) return null;
    hour = (hour % 12) + (match[place + 1]?.toLowerCase() === 'pm' ? 12 : 0);
  }
  const [year, month, day] = [number('year'), number('month'), number('day')];
  const [minute, second] = [number('minute'), number('second')];
  if (hour > 23 || minute > 59 || second > 59) return null;
  const midnight = midnightOf(year, month, day);
  return midnight === null ? null : midnight + ((hour * 60 + minute) * 60 + second) * 1000 + number('fraction');
}

/** How texts that state no offset are read. */
interface Zoned {
  zone: string;
  disambiguation: Disambiguation;
  days: ZoneDays;
}

function parseIso(text: string, zoned: Zoned): string | null {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:?\d{2})?)?$/.exec(text);
  if (match === null) return null;
  const [, day = '', clock = '00:00', offset] = match;
  const wall = orNull(
    () => Temporal.PlainDateTime.from(`${day}T${clock}`, { overflow: 'reject' }).toZonedDateTime('UTC').epochMilliseconds,
  );
  return wall === null ? null : place(wall, offset, zoned);
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
const fromEpoch = (text: string, unit: number): string | null => (/^-?\d{1,15}$/.test(text) ? heldInstant(Number(text) * unit) : null);

/** Temporal throws RangeError for a time that does not exist, and for nothing else here. */
function orNull<T>(make: () => T): T | null {
  try {
    return make();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

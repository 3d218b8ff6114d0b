import { Temporal } from 'temporal-polyfill';

/** What to do with a wall-clock time that a change of clocks skips or repeats; `reject` guesses nothing. */
export type Disambiguation = 'reject' | 'earlier' | 'later';

export interface TimeFormat {
  readonly pattern: string;
  /** The instant of a text, ISO 8601 UTC with milliseconds; null where it is not of this format or no such time exists. */
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
  if (pattern === 'iso') return { pattern, parse: (text) => parseIso(text, zone, disambiguation) };
  if (pattern === 'epoch-seconds') return { pattern, parse: (text) => fromEpoch(text, 1000) };
  if (pattern === 'epoch-milliseconds') return { pattern, parse: (text) => fromEpoch(text, 1) };
  const { regex, parts } = compile(pattern);
  return {
    pattern,
    parse(text) {
      const match = regex.exec(text);
      if (match === null) return null;
      const found = new Map(parts.map((part, index) => [part, match[index + 1] ?? '']));
      const time = wallClock(found);
      return time === null ? null : place(time, found.get('offset'), zone, disambiguation);
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

function wallClock(found: ReadonlyMap<Part, string>): Temporal.PlainDateTime | null {
  const number = (part: Part): number => Number(found.get(part) ?? 0);
  const half = found.get('half')?.toLowerCase();
  let hour = number('hour');
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return null;
    hour = (hour % 12) + (half === 'pm' ? 12 : 0);
  }
  return orNull(() =>
    Temporal.PlainDateTime.from(
      {
        year: number('year'),
        month: number('month'),
        day: number('day'),
        hour,
        minute: number('minute'),
        second: number('second'),
        millisecond: number('fraction'),
      },
      { overflow: 'reject' },
    ),
  );
}

function parseIso(text: string, zone: string, disambiguation: Disambiguation): string | null {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:?\d{2})?)?$/.exec(text);
  if (match === null) return null;
  const [, day = '', clock = '00:00', offset] = match;
  const time = orNull(() => Temporal.PlainDateTime.from(`${day}T${clock}`, { overflow: 'reject' }));
  return time === null ? null : place(time, offset, zone, disambiguation);
}

/** The instant of a wall-clock time: by the offset its text states, else in the zone. */
function place(time: Temporal.PlainDateTime, offset: string | undefined, zone: string, disambiguation: Disambiguation): string | null {
  const timeZone = offset === undefined ? zone : offset === 'Z' ? 'UTC' : offset;
  const at = orNull(() => time.toZonedDateTime(timeZone, { disambiguation }));
  return at === null ? null : new Date(at.epochMilliseconds).toISOString();
}

const LAST_INSTANT = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

function fromEpoch(text: string, unit: number): string | null {
  if (!/^-?\d{1,15}$/.test(text)) return null;
  const date = new Date(Number(text) * unit);
  // Instants are compared as text, so a year has four digits.
  return Math.abs(date.getTime()) < LAST_INSTANT ? date.toISOString() : null;
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

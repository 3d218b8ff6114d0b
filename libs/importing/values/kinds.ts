import { MOST_MONEY, oneLine, severalLines } from '@touchline/core';
import type { Json } from '@touchline/core';
import type { Disambiguation, TimeRead } from '@touchline/core/time/parse.js';
import { timeFormat } from '@touchline/core/time/parse.js';
import type { FieldValue, TimeShape } from '../mapping/mapping.js';
import { plainNumber } from './plain-number.js';

/** What a field of a touchpoint holds; instants are ISO 8601 UTC, money is minor units and a currency (ADR 0026). */
export type Kind =
  | { kind: 'text'; max: number }
  | { kind: 'choice'; of: readonly string[] }
  | { kind: 'integer'; min: number; max: number }
  | { kind: 'number' }
  | { kind: 'boolean' }
  | { kind: 'instant' }
  | { kind: 'money' }
  | { kind: 'list'; max: number; maxItems?: number }
  /** Several values that belong together, and a list of such. */
  | { kind: 'record'; of: Readonly<Record<string, Kind>> }
  | { kind: 'records'; of: Readonly<Record<string, Kind>>; maxItems?: number }
  /** A login, which becomes the user's id. */
  | { kind: 'user' };

export type Parsed = { json: Json; time?: TimeRead } | { reason: string; detail?: string };
export type ParseText = (text: string) => Parsed;

/** Zone and clock rule where a value names none. */
export interface KindDefaults {
  zone: string;
  clockChange: Disambiguation;
  userId: (login: string) => string;
}

/** A longer text keeps its lines, as over HTTP. */
const MAX_LINE = 300;

const ofLength = (text: string, max: number): Parsed =>
  text.length <= max ? { json: text } : { reason: 'value.too-long', detail: `at most ${max} characters` };

/** Makes the parser of a kind. @throws UnknownTimeFormat */
export function kindParser(kind: Kind, value: FieldValue, defaults: KindDefaults): ParseText {
  switch (kind.kind) {
    case 'text':
      return (text) => ofLength((kind.max > MAX_LINE ? severalLines : oneLine)(text), kind.max);
    case 'choice':
      return (text) => (kind.of.includes(text) ? { json: text } : { reason: 'value.not-allowed', detail: `one of ${kind.of.join(', ')}` });
    case 'integer':
      return (text) => integer(text, value, kind.min, kind.max);
    case 'number':
      return (text) => number(text, value);
    case 'boolean':
      return (text) =>
        text === 'true' || text === 'false'
          ? { json: text === 'true' }
          : { reason: 'value.not-a-boolean', detail: 'map it to true and false' };
    case 'instant':
      return instant(value, defaults);
    case 'money':
      return money(value, value.currency ?? '');
    case 'list':
      return (text) => list(text, value.separator ?? ',', kind);
    case 'record':
    case 'records':
      return () => ({ reason: 'value.not-simple', detail: 'say what it is made of' });
    case 'user':
      return (text) => ({ json: defaults.userId(text) });
  }
}

/** A time of one format, or of the only one of several that fits. */
export function instant(value: TimeShape, defaults: Pick<KindDefaults, 'zone' | 'clockChange'>): ParseText {
  const patterns = [value.format ?? ''].flat();
  const formats = patterns.map((pattern) => timeFormat(pattern, value.zone ?? defaults.zone, defaults.clockChange, value));
  return (text) => {
    const found = formats.flatMap((format) => format.read(text.trim()) ?? []);
    const [time] = found;
    if (time === undefined) return { reason: 'value.not-a-time', detail: `no time of the format ${patterns.join(' or ')}` };
    if (found.some(({ at }) => at !== time.at))
      return { reason: 'value.ambiguous-time', detail: `more than one of ${patterns.join(', ')} fits, and they differ` };
    return { json: time.at, time };
  };
}

const GROUPED = 3;

/** Digits with a plain point, or null; a group separator must stand before every three digits of the whole part. */
export function plainDecimal(text: string, value: Pick<FieldValue, 'decimal' | 'group' | 'scientific'>): string | null {
  const { decimal = '.', group, scientific } = value;
  if (scientific === true && /e/i.test(text)) return plainNumber(text.trim().replace(decimal, '.'));
  const match = /^([+-]?)(.*)$/s.exec(text.trim());
  const [whole = '', fraction, ...more] = (match?.[2] ?? '').split(decimal);
  if (more.length > 0) return null;
  const groups = group === undefined ? [whole] : whole.split(group);
  if (groups.slice(1).some((part) => part.length !== GROUPED) || (groups.length > 1 && groups[0]!.length > GROUPED)) return null;
  const digits = groups.join('');
  if (!/^\d+$/.test(digits) || (fraction !== undefined && !/^\d+$/.test(fraction))) return null;
  return `${match?.[1] === '-' ? '-' : ''}${digits}${fraction === undefined ? '' : `.${fraction}`}`;
}

const notANumber: Parsed = { reason: 'value.not-a-number' };

function number(text: string, value: FieldValue): Parsed {
  const plain = plainDecimal(text, value);
  return plain === null ? notANumber : { json: Number(plain) };
}

function integer(text: string, value: FieldValue, min: number, max: number): Parsed {
  const plain = plainDecimal(text, value);
  if (plain === null) return notANumber;
  const parsed = Number(plain);
  // "3.0" is a whole number, "3.5" is none.
  if (!Number.isSafeInteger(parsed) || /\.\d*[1-9]/.test(plain)) return { reason: 'value.not-whole' };
  return parsed >= min && parsed <= max ? { json: parsed } : { reason: 'value.out-of-range', detail: `${min} to ${max}` };
}

/** Exact: digits are moved, never multiplied as floating point. */
function money(value: FieldValue, currency: string): ParseText {
  const digits = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
  return (text) => {
    const plain = plainDecimal(text, value);
    if (plain === null) return notANumber;
    const [whole = '', fraction = ''] = plain.split('.');
    if (/[1-9]/.test(fraction.slice(digits))) return { reason: 'value.too-many-decimals', detail: `${currency} has ${digits}` };
    const amount = Number(whole + fraction.slice(0, digits).padEnd(digits, '0'));
    return Math.abs(amount) <= MOST_MONEY
      ? { json: { amount, currency } }
      : { reason: 'value.out-of-range', detail: `at most ${MOST_MONEY} in the smallest unit` };
  };
}

export const tooMany = (maxItems: number) => ({ reason: 'value.too-many', detail: `at most ${maxItems}` });

function list(text: string, separator: string, { max, maxItems = Infinity }: { max: number; maxItems?: number }): Parsed {
  const items = text
    .split(separator)
    .map(oneLine)
    .filter((item) => item !== '');
  if (items.length > maxItems) return tooMany(maxItems);
  return items.every((item) => item.length <= max)
    ? { json: items }
    : { reason: 'value.too-long', detail: `at most ${max} characters each` };
}

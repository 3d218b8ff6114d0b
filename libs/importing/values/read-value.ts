import { oneLine } from '@touchline/core';
import type { Columns } from './columns.js';
import type { FieldValue, Transform, Value } from '../mapping/mapping.js';
import type { Row } from '../readers/reader.js';
import { columnLabel } from '../readers/reader.js';

/** Why a value cannot be used. `column` is '' where it does not come from one. */
export interface ValueFault {
  column: string;
  reason: string;
  raw?: string;
  detail?: string;
}

/** A value read: null where the source has none. */
export type Read<T> = { value: T | null; fault?: undefined } | { fault: ValueFault };
export type ReadValue<T = string> = (row: Row) => Read<T>;

export const NONE = { value: null } as const;

/** What reading values needs to know of the mapping. */
export interface ValueScope {
  /** Texts that stand for no value. */
  missing: ReadonlySet<string>;
  columns: Columns;
}

/** Makes the function that reads one value off a record; its columns are noted in the scope. */
export function valueReader(value: Value, scope: ValueScope): ReadValue {
  const label = labelOf(value);
  const source = sourceReader(value, scope);
  const { transform, map, default: fallback } = value;
  return (row) => {
    const read = source(row);
    if (read.fault !== undefined) return read;
    let text = read.value;
    if (text !== null && transform !== undefined) text = TRANSFORM[transform](text);
    if (text !== null && map !== undefined) {
      if (Object.hasOwn(map, text)) text = String(map[text]);
      else if (value.otherwise !== 'keep')
        return { fault: { column: label, reason: 'value.not-mapped', raw: text, detail: 'the mapping does not say what it means' } };
    }
    if (text === null || text === '') text = fallback === undefined ? null : String(fallback);
    return text === null && value.required === true ? missingValue(label) : { value: text };
  };
}

export const missingValue = (column: string): { fault: ValueFault } => ({ fault: { column, reason: 'value.missing' } });

/** The column a value is about, for reports: `accounts.sector`, `#17`, `a + b`. */
export function labelOf(value: FieldValue): string {
  const inner = [...(value.list ?? []), ...[value.record ?? {}, ...(value.records ?? [])].flatMap((record) => Object.values(record))];
  if (inner.length > 0) return [...new Set(inner.map(labelOf))].join(' + ');
  if (value.parts !== undefined) return value.parts.map(labelOf).filter(Boolean).join(' + ');
  if (value.column === undefined) return '';
  return value.join === undefined ? columnLabel(value.column) : `${value.join}.${columnLabel(value.column)}`;
}

function sourceReader(value: Value, scope: ValueScope): ReadValue {
  if (value.parts !== undefined) return partsReader(value.parts, value.separator ?? ' ', scope);
  if (value.column === undefined) {
    const constant = { value: value.value === undefined ? null : String(value.value) };
    return () => constant;
  }
  const label = labelOf(value);
  const cell = scope.columns.reader(value.column, value.join);
  const missing = value.missing === undefined ? scope.missing : new Set([...scope.missing, ...value.missing]);
  return (row) => {
    const text = cell(row);
    if (text === null || oneLine(text) === '' || missing.has(text.trim())) return NONE;
    return text.includes('\0') || !text.isWellFormed()
      ? { fault: { column: label, reason: 'value.invalid-text', detail: 'holds NUL or half a character' } }
      : { value: text };
  };
}

function partsReader(parts: readonly Value[], separator: string, scope: ValueScope): ReadValue {
  const readers = parts.map((part) => valueReader(part, scope));
  return (row) => {
    const texts: string[] = [];
    for (const read of readers) {
      const part = read(row);
      if (part.fault !== undefined) return part;
      if (part.value === null) return NONE;
      texts.push(part.value);
    }
    return { value: texts.join(separator) };
  };
}

const TRANSFORM: Readonly<Record<Transform, (text: string) => string>> = {
  trim: (text) => text.trim(),
  lower: (text) => text.toLowerCase(),
  upper: (text) => text.toUpperCase(),
  // Letters of every script stay, so that two names do not become one.
  slug: (text) =>
    text
      .normalize('NFKC')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .replace(/^-|-$/g, ''),
};

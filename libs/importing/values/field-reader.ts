import type { Json, JsonObject } from '@touchline/core';
import type { TimeRead } from '@touchline/core/time/parse.js';
import type { FieldValue } from '../mapping/mapping.js';
import type { Row } from '../readers/reader.js';
import type { Kind, KindDefaults } from './kinds.js';
import { kindParser, tooMany } from './kinds.js';
import type { ValueFault, ValueScope } from './read-value.js';
import { labelOf, missingValue, valueReader } from './read-value.js';

/** What a field comes to; `json` is absent where the source has none. */
export type FieldRead = { json?: Json; time?: TimeRead; raw?: string; fault?: undefined } | { fault: ValueFault };
export type ReadJson = (row: Row) => FieldRead;

/** Makes the function that reads a field of its kind off a record. @throws UnknownTimeFormat */
export function fieldReader(kind: Kind, value: FieldValue, scope: ValueScope, defaults: KindDefaults): ReadJson {
  if (kind.kind === 'record') return required(value, recordReader(kind.of, value.record ?? {}, scope, defaults));
  if (kind.kind === 'records') {
    const each = (value.records ?? []).map((record) => recordReader(kind.of, record, scope, defaults));
    return required(value, allOf(each, labelOf(value), kind.maxItems));
  }
  if (value.list !== undefined) return required(value, listReader(kind, value.list, scope, defaults));
  const label = labelOf(value);
  const read = valueReader(value, scope);
  const parse = kindParser(kind, value, defaults);
  return (row) => {
    const text = read(row);
    if (text.fault !== undefined) return text;
    if (text.value === null) return {};
    const parsed = parse(text.value);
    if ('reason' in parsed) return { fault: { column: label, raw: text.value, ...parsed } };
    return { raw: text.value, ...parsed };
  };
}

const required =
  (value: FieldValue, read: ReadJson): ReadJson =>
  (row) => {
    const found = read(row);
    return value.required === true && found.fault === undefined && found.json === undefined ? missingValue(labelOf(value)) : found;
  };

/** Nothing where none of its values is there. */
function recordReader(
  of: Readonly<Record<string, Kind>>,
  record: Record<string, FieldValue>,
  scope: ValueScope,
  defaults: KindDefaults,
): ReadJson {
  const fields = Object.entries(of).flatMap(([name, kind]) => {
    const value = record[name];
    return value === undefined ? [] : [{ name, label: labelOf(value), read: fieldReader(kind, value, scope, defaults) }];
  });
  return (row) => {
    const json: JsonObject = {};
    let lacking: string | undefined;
    for (const { name, label, read } of fields) {
      const found = read(row);
      if (found.fault !== undefined) return found;
      if (found.json === undefined) lacking ??= label;
      else json[name] = found.json;
    }
    if (Object.keys(json).length === 0) return {};
    return lacking === undefined ? { json } : missingValue(lacking);
  };
}

function listReader(kind: Kind, values: FieldValue[], scope: ValueScope, defaults: KindDefaults): ReadJson {
  const one: Kind = kind.kind === 'list' ? { kind: 'text', max: kind.max } : kind;
  const column = values.map(labelOf).join(' + ');
  return allOf(
    values.map((value) => fieldReader(one, value, scope, defaults)),
    column,
    kind.kind === 'list' ? kind.maxItems : undefined,
  );
}

const allOf =
  (readers: readonly ReadJson[], column: string, maxItems = Infinity): ReadJson =>
  (row) => {
    const items: Json[] = [];
    for (const read of readers) {
      const found = read(row);
      if (found.fault !== undefined) return found;
      if (typeof found.json === 'string') items.push(found.json.trim());
      else if (found.json !== undefined) items.push(found.json);
    }
    if (items.length > maxItems) return { fault: { column, ...tooMany(maxItems) } };
    return items.length === 0 ? {} : { json: items };
  };

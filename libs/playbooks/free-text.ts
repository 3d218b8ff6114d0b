import type { Json, JsonObject, WordList, WordPlace } from '@touchline/core';

// What the fields of a declared touchpoint may say in clear (domain §13.1), told by their schema.

interface FieldSchema {
  type?: string;
  enum?: readonly unknown[];
  format?: string;
  words?: WordList;
  items?: FieldSchema;
  properties?: Readonly<Record<string, FieldSchema>>;
}

/** True where any text may stand, however deep: what is no choice of the playbook, no word of the group and no time or id by its format. */
export function holdsText(schema: JsonObject): boolean {
  const { type, enum: choices, format, words, items = {}, properties = {} } = schema as FieldSchema;
  if (type === 'array') return holdsText(items as JsonObject);
  if (type === 'object') return Object.values(properties).some((field) => holdsText(field as JsonObject));
  // What declares no type takes texts too.
  return (type === 'string' || type === undefined) && choices === undefined && format === undefined && words === undefined;
}

/** True where a word of the group stands in it, however deep. */
export function holdsWords(schema: JsonObject): boolean {
  const { words, items, properties = {} } = schema as FieldSchema;
  const inner = [...Object.values(properties), ...(items === undefined ? [] : [items])];
  return words !== undefined || inner.some((field) => holdsWords(field as JsonObject));
}

/** Fields that fit their schema, apart: those in clear, and those that may hold any text, each whole. */
export function apartFromText(schema: JsonObject, fields: JsonObject): { fields: JsonObject; textFields: JsonObject } {
  const { properties = {} } = schema as FieldSchema;
  const isText = ([name]: [string, unknown]): boolean => !Object.hasOwn(properties, name) || holdsText(properties[name] as JsonObject);
  const entries = Object.entries(fields);
  return {
    fields: Object.fromEntries(entries.filter((entry) => !isText(entry))),
    textFields: Object.fromEntries(entries.filter(isText)),
  };
}

/** Where words of the group stand in a value that fits its schema; `path` is the value's own place, '' for none. */
export function wordPlaces(schema: JsonObject, value: Json | undefined, path = ''): WordPlace[] {
  const within = path === '' ? '' : `${path}.`;
  const { words, items = {}, properties = {} } = schema as FieldSchema;
  if (typeof value === 'string') return words === undefined ? [] : [{ path, list: words }];
  if (Array.isArray(value)) return value.flatMap((each, index) => wordPlaces(items as JsonObject, each, `${within}${index}`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(properties).flatMap(([name, field]) => wordPlaces(field as JsonObject, value[name], `${within}${name}`));
}

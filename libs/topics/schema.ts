import type { JsonObject } from '@touchline/core';

/** JSON Schema (2020-12), as far as messages need it. Objects are open: a reader passes over what it does not know. */
export interface Schema extends JsonObject {
  type: 'object' | 'array' | 'string' | 'integer' | 'boolean';
  description?: string;
  format?: string;
  pattern?: string;
  minimum?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  /** The words there are now; more may come, and a reader is to take any. Zalando's name for it. */
  'x-extensible-enum'?: string[];
}

const described = (schema: Schema, description?: string): Schema => (description === undefined ? schema : { ...schema, description });

export const text = (description?: string): Schema => described({ type: 'string' }, description);
export const id = (description?: string): Schema => described({ type: 'string' }, description);
/** ISO 8601 in UTC with milliseconds. */
export const instant = (description?: string): Schema => described({ type: 'string', format: 'date-time' }, description);
export const flag = (description?: string): Schema => described({ type: 'boolean' }, description);
export const whole = (description?: string): Schema => described({ type: 'integer' }, description);
export const count = (description?: string): Schema => described({ type: 'integer', minimum: 0 }, description);
export const list = (items: Schema, description?: string): Schema => described({ type: 'array', items }, description);
export const word = (known: readonly string[], description?: string): Schema =>
  described({ type: 'string', 'x-extensible-enum': [...known] }, description);

export const object = (required: Record<string, Schema>, optional: Record<string, Schema> = {}, description?: string): Schema =>
  described({ type: 'object', required: Object.keys(required).sort(), properties: { ...required, ...optional } }, description);

export const money = (description?: string): Schema =>
  object({ amount: whole('in minor units'), currency: { type: 'string', pattern: '^[A-Z]{3}$' } }, {}, description);

/**
 * The fields of `data` that an object's schema names, in that form and nothing else; null is as good as absent. They are in the
 * order of RFC 8785, in which they are told.
 */
export function picked(schema: Schema, data: JsonObject): JsonObject {
  const out: JsonObject = {};
  for (const name of namesOf(schema)) {
    const value = data[name];
    if (value !== undefined && value !== null) out[name] = value;
  }
  return out;
}

const sorted = new WeakMap<Schema, readonly string[]>();

function namesOf(schema: Schema): readonly string[] {
  const known = sorted.get(schema);
  if (known !== undefined) return known;
  const names = Object.keys(schema.properties ?? {}).sort();
  sorted.set(schema, names);
  return names;
}

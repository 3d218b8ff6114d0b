import type { Field, Fields } from '@touchline/core';
import { storedEvents } from '@touchline/touchpoints/list.js';
import type { Schema } from './schema.js';
import { count, flag, id, instant, list, money, object, text, whole, word } from './schema.js';

// What is told of each touchpoint, as the fields of its event say it. Free text is sealed and never told.

/** What of an event's data stands in its messages: what is always there first, in the order of the fields. */
export function toldOf(fields: Fields): Schema {
  const told = Object.entries(fields).flatMap(([name, field]) => (field.told === undefined ? [] : [[name, field] as const]));
  const of = (optional: boolean): Record<string, Schema> =>
    Object.fromEntries(told.flatMap(([name, field]) => (field.optional === optional ? [[name, schemaOf(field)] as const] : [])));
  return object(of(false), of(true));
}

function schemaOf({ kind, told }: Field): Schema {
  const description = typeof told === 'string' ? told : undefined;
  switch (kind.is) {
    case 'text':
    case 'slug':
      return text(description);
    case 'id':
    case 'user':
      return id(description);
    case 'integer':
      return kind.min >= 0 ? count(description) : whole(description);
    case 'flag':
      return flag(description);
    case 'instant':
      return instant(description);
    case 'money':
      return money(description);
    case 'choice':
      return word(kind.of, description);
    case 'choices':
      return list(word(kind.of), description);
    case 'texts':
      return list(text(), description);
    case 'sites':
      throw new Error('where somebody may act is told on no topic');
    case 'object':
      return toldOf(kind.form.fields);
    case 'objects':
      return list(toldOf(kind.form.fields), description);
    case 'map':
      return { type: 'object', ...(description !== undefined && { description }) };
  }
}

interface Told {
  /** Of its schema. */
  version: number;
  /** One line for people. */
  summary: string;
  fields: Fields;
}

/** By the stored type of the event. */
export const touchpointMessages: Readonly<Record<string, Told>> = Object.fromEntries(
  storedEvents.flatMap(({ type, message, fields }) =>
    message === undefined || fields === undefined ? [] : [[type, { version: 1, ...message, fields }] as const],
  ),
);

import type { Field as Declared, Fields, JsonObject } from '@touchline/core';
import type { Playbook } from '@touchline/playbooks';
import { declaredTouchpoint } from '@touchline/playbooks';
import { heardBy } from '@touchline/touchpoints/call/call.events.js';
import type { ContactCommand, JourneyCommand, RecordCommand } from '@touchline/touchpoints/command.js';
import { commandDefinitions } from '@touchline/touchpoints/list.js';
import { storedEvents } from '@touchline/touchpoints/list.js';
import type { Channel } from '@touchline/touchpoints/touchpoint.events.js';
import type { Kind } from './values/kinds.js';

/** A field a mapping may give to a touchpoint. */
export interface Field {
  kind: Kind;
  required?: true;
}

/** What a mapping may say of a touchpoint, and how it came about where it does not say. */
export interface TouchpointForm {
  channel: Channel;
  direction: 'in' | 'out';
  fields: Readonly<Record<string, Field>>;
  /** Schema of a declared touchpoint's fields. */
  schema?: JsonObject;
}

/** The command of every touchpoint that a playbook declares; a mapping names these by their kind. */
export const DECLARED = 'touchpoint-recorded';

const TOUCHPOINTS = new Set(storedEvents.flatMap(({ type, touchpoint }) => (touchpoint && type !== DECLARED ? [type] : [])));
type TouchpointCommand = JourneyCommand | ContactCommand | RecordCommand;
const COMMANDS: ReadonlyMap<string, TouchpointCommand> = new Map(
  commandDefinitions.flatMap((definition) =>
    TOUCHPOINTS.has(definition.name) && (definition.in === 'journey' || definition.in === 'contact' || definition.in === 'record')
      ? [[definition.name, definition] as const]
      : [],
  ),
);

/** By the names of their commands. */
export const BUILT_INS: readonly string[] = [...COMMANDS.keys()];
export const builtIn = (touchpoint: string): TouchpointCommand | undefined => COMMANDS.get(touchpoint);

/** Of changes of a journey, which are no contact and state neither. */
const NOT_STATED = { channel: 'other', direction: 'in' } as const;

/** The form of a built-in touchpoint, or of one that the playbook declares; undefined where there is none. */
export function formOf(touchpoint: string, playbook: Playbook): TouchpointForm | undefined {
  const command = builtIn(touchpoint);
  if (command !== undefined) {
    // What a journey as a whole says, its media, is no field of a fact; every fact may have a note.
    const { note: _, ...fields }: Fields = {
      ...command.fields,
      ...command.history,
      ...(command.in === 'contact' && { campaign: heardBy.campaign }),
    };
    return {
      ...(command.stated ?? NOT_STATED),
      fields: Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, fieldOf(field)])),
    };
  }
  const declared = declaredTouchpoint(playbook, touchpoint);
  if (declared === undefined) return undefined;
  const { properties = {}, required = [] } = declared.fields as { properties?: Record<string, Schema>; required?: string[] };
  const fields = Object.entries(properties).flatMap(([name, schema]) => {
    const kind = kindOfSchema(schema);
    return kind === undefined ? [] : [[name, { kind, ...(required.includes(name) && { required: true as const }) }] as const];
  });
  return { ...NOT_STATED, fields: Object.fromEntries(fields), schema: declared.fields };
}

const fieldOf = (field: Declared): Field => ({ kind: kindOf(field), ...(!field.optional && { required: true }) });

function kindOf({ kind }: Declared): Kind {
  switch (kind.is) {
    case 'text':
      return { kind: 'text', max: kind.max };
    case 'integer':
      return { kind: 'integer', min: kind.min, max: kind.max };
    case 'flag':
      return { kind: 'boolean' };
    case 'choice':
      return { kind: 'choice', of: kind.of };
    case 'texts':
      return { kind: 'list', max: kind.max, maxItems: kind.maxItems };
    case 'object':
      return { kind: 'record', of: kindsOf(kind.form.fields) };
    case 'objects':
      return { kind: 'records', of: kindsOf(kind.form.fields), maxItems: kind.maxItems };
    case 'instant':
    case 'money':
    case 'user':
      return { kind: kind.is };
    case 'id':
    case 'slug':
    case 'choices':
    case 'sites':
    case 'map':
      throw new Error(`an import reads no field that is ${kind.is}`);
  }
}

const kindsOf = (fields: Fields): Record<string, Kind> =>
  Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, kindOf(field)]));

interface Schema {
  type?: string;
  format?: string;
  items?: Schema;
}

/** Fields that are objects have no place in a flat source. What the schema asks beyond the type is checked on the whole. */
function kindOfSchema(schema: Schema): Kind | undefined {
  switch (schema.type) {
    case 'string':
      return schema.format === 'date-time' ? { kind: 'instant' } : { kind: 'text', max: 20_000 };
    case 'integer':
      return { kind: 'integer', min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER };
    case 'number':
    case 'boolean':
      return { kind: schema.type };
    case 'array':
      return schema.items?.type === 'string' ? { kind: 'list', max: 20_000 } : undefined;
    default:
      return undefined;
  }
}

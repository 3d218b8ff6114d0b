import type { JsonObject } from '@touchline/core';
import type { Playbook } from '@touchline/playbooks';
import { declaredTouchpoint, holdsText } from '@touchline/playbooks';
import { storedEvents } from '@touchline/touchpoints/list.js';
import { MappingFaults } from './faults.js';
import { JoinedFile } from './joins.js';
import type { FactMap, FieldValue, JourneyMap, Mapping, Value } from './mapping/mapping.js';
import type { ColumnRef, Row } from './readers/reader.js';
import type { TouchpointForm } from './touchpoint-fields.js';
import { builtIn, formOf } from './touchpoint-fields.js';
import { Columns } from './values/columns.js';
import { conditionReader } from './values/condition.js';
import type { ReadJson } from './values/field-reader.js';
import { fieldReader } from './values/field-reader.js';
import type { KindDefaults } from './values/kinds.js';
import type { Read, ReadValue, ValueScope } from './values/read-value.js';
import { labelOf, valueReader } from './values/read-value.js';

/** A value, and the label reports give it. */
export interface ReadText {
  label: string;
  read: ReadValue;
}

export interface ReadField {
  label: string;
  read: ReadJson;
}

export interface FactPlan {
  map: FactMap;
  form: TouchpointForm;
  applies: (row: Row) => boolean;
  at: ReadField;
  reference: ReadText | undefined;
  responsible: ReadText | undefined;
  channel: ReadText | undefined;
  note: ReadText | undefined;
  fields: readonly (ReadField & { name: string })[];
}

export interface JourneyPlan {
  site: ReadText;
  productLine: ReadText;
  customer: { key: ReadText; name: ReadText | undefined } | undefined;
  owner: ReadText | undefined;
  product: ReadText | undefined;
  media: ReadText | undefined;
  attributes: readonly (readonly [string, ReadText])[];
}

/** A mapping made ready: functions that read records. */
export interface Plan {
  mapping: Mapping;
  playbook: Playbook;
  /** Columns of the source that are read, in the order of a record's cells. */
  columns: readonly ColumnRef[];
  joins: readonly JoinedFile[];
  caseKey: ReadValue;
  journey: JourneyPlan;
  facts: readonly FactPlan[];
  userId: (login: string) => string;
  /** Labels of the columns whose values no report shows. */
  personal: ReadonlySet<string>;
}

/** Fields of a touchpoint that its event seals. */
const sealedFields = (touchpoint: string): readonly string[] =>
  storedEvents.find(({ type }) => type === touchpoint)?.personal?.fields ?? [];

/** Makes a mapping ready that `checkMapping` found no fault with; its joined files are not loaded yet. */
export function makePlan(mapping: Mapping, playbook: Playbook, userId: (login: string) => string): Plan {
  const columns = new Columns();
  const scope: ValueScope = { missing: new Set(mapping.missing ?? []), columns };
  const joins = Object.entries(mapping.joins ?? {}).map(([name, join]) => {
    const joined = new JoinedFile(name, join, scope);
    columns.join(name, joined.columns, (row) => joined.find(row));
    return joined;
  });
  const defaults: KindDefaults = { zone: mapping.zone, clockChange: mapping.clockChange ?? 'reject', userId };
  return {
    mapping,
    playbook,
    columns: columns.list,
    joins,
    caseKey: keyReader(mapping.case, scope),
    journey: planJourney(mapping.journey, scope),
    facts: mapping.facts.map((map) => planFact(map, playbook, scope, defaults)),
    userId,
    personal: new Set([...personalLabels(mapping), ...textLabels(mapping, playbook)]),
  };
}

const text = (value: Value, scope: ValueScope): ReadText => ({ label: labelOf(value), read: valueReader(value, scope) });

const optional = (value: Value | undefined, scope: ValueScope): ReadText | undefined =>
  value === undefined ? undefined : text(value, scope);

const required = (value: Value, scope: ValueScope): ReadText => text({ ...value, required: true }, scope);

function planJourney(map: JourneyMap, scope: ValueScope): JourneyPlan {
  const { customer } = map;
  const key = customer?.phone ?? customer?.identifier;
  const missing = customer?.whenMissing === 'report' ? { required: true } : {};
  return {
    site: required(map.site, scope),
    productLine: required(map.productLine, scope),
    customer: key === undefined ? undefined : { key: text({ ...key, ...missing }, scope), name: optional(customer?.name, scope) },
    owner: optional(map.owner, scope),
    product: optional(map.product, scope),
    media: optional(map.media, scope),
    attributes: Object.entries(map.attributes ?? {}).map(([name, value]) => [name, text(value, scope)] as const),
  };
}

function planFact(map: FactMap, playbook: Playbook, scope: ValueScope, defaults: KindDefaults): FactPlan {
  const form = formOf(map.touchpoint, playbook);
  if (form === undefined) throw new MappingFaults('mapping', [`there is no touchpoint "${map.touchpoint}"`]);
  return {
    map,
    form,
    applies: conditionReader(map.when ?? [], scope),
    at: { label: labelOf(map.at), read: fieldReader({ kind: 'instant' }, { ...map.at, required: true }, scope, defaults) },
    reference:
      map.reference === undefined ? undefined : { label: labelOf({ parts: map.reference }), read: keyReader(map.reference, scope) },
    responsible: optional(map.responsible, scope),
    channel: optional(map.channel, scope),
    note: optional(map.note, scope),
    fields: Object.entries(form.fields).flatMap(([name, field]) => {
      const value = map.fields?.[name];
      if (value === undefined) return [];
      const asked = field.required === true ? { ...value, required: true } : value;
      return [{ name, label: labelOf(value), read: fieldReader(field.kind, asked, scope, defaults) }];
    }),
  };
}

/** Joins the parts of a key so that no two keys become one: ("a:b", "c") and ("a", "b:c") differ. */
function keyReader(parts: readonly Value[], scope: ValueScope): ReadValue {
  const readers = parts.map((part) => required(part, scope).read);
  return (row): Read<string> => {
    const texts: string[] = [];
    for (const read of readers) {
      const part = read(row);
      if (part.fault !== undefined) return part;
      texts.push((part.value ?? '').trim().replace(/[\\:/]/g, '\\$&'));
    }
    return { value: texts.join(':') };
  };
}

function personalLabels(mapping: Mapping): Set<string> {
  const { customer } = mapping.journey;
  const values: (FieldValue | undefined)[] = [customer?.phone, customer?.identifier, customer?.name];
  for (const fact of mapping.facts) {
    values.push(fact.note);
    for (const [name, value] of Object.entries(fact.fields ?? {})) if (sealedFields(fact.touchpoint).includes(name)) values.push(value);
  }
  const columns = (mapping.personal ?? []).map((column): Value => ({ column }));
  return new Set([...values, ...columns].flatMap((value) => (value === undefined ? [] : labelsOf(value))));
}

/** Columns of declared fields that may hold any text. */
function textLabels(mapping: Mapping, playbook: Playbook): string[] {
  return mapping.facts.flatMap(({ touchpoint, fields = {} }) => {
    if (builtIn(touchpoint) !== undefined) return [];
    const { properties = {} } = (declaredTouchpoint(playbook, touchpoint)?.fields ?? {}) as { properties?: Record<string, JsonObject> };
    return Object.entries(fields).flatMap(([name, value]) => (holdsText(properties[name] ?? {}) ? labelsOf(value) : []));
  });
}

/** True where a reference of the source is made of personal data, so that no id may show it (ADR 0008). What facts are called stays. */
export function hasPersonalReferences({ mapping }: Plan): boolean {
  const personal = personalLabels(mapping);
  const values = [...mapping.case, ...mapping.facts.flatMap(({ reference = [] }) => reference)];
  return values.flatMap(labelsOf).some((label) => personal.has(label));
}

const labelsOf = (value: FieldValue): string[] => [
  labelOf(value),
  ...[
    ...(value.parts ?? []),
    ...(value.list ?? []),
    ...[value.record ?? {}, ...(value.records ?? [])].flatMap((record) => Object.values(record)),
  ].flatMap(labelsOf),
];

import { isZone } from '@touchline/core';
import { UnknownTimeFormat, timeFormat } from '@touchline/core/time/parse.js';
import type { Playbook } from '@touchline/playbooks';
import type { Field } from '../touchpoint-fields.js';
import { BUILT_INS, formOf } from '../touchpoint-fields.js';
import type { Kind } from '../values/kinds.js';
import type { Condition, FactMap, FieldValue, Mapping, TimeShape, Value } from './mapping.js';

/** What a mapping says that cannot be, beyond its form: [] where it can be used. */
export function checkMapping(mapping: Mapping, playbook: Playbook): string[] {
  const faults = new Faults(mapping);
  faults.zone('zone', mapping.zone);
  for (const [index, site] of (mapping.directory?.sites ?? []).entries()) faults.zone(`directory.sites.${index}.zone`, site.zone);
  for (const [name, join] of Object.entries(mapping.joins ?? {})) faults.values(`joins.${name}.on`, join.on, false);
  for (const [index, users] of (mapping.directory?.usersFrom ?? []).entries()) {
    const path = `directory.usersFrom.${index}`;
    if (!faults.knowsJoin(users.join)) faults.add(`${path}.join`, `there is no joined file "${users.join}"`);
    for (const value of [users.login, users.name, ...(users.sites === 'all' ? [] : users.sites)]) faults.values(path, value, false);
  }
  for (const [index, value] of mapping.case.entries()) faults.values(`case.${index}`, value);
  checkJourney(mapping, playbook, faults);
  for (const [index, fact] of mapping.facts.entries()) checkFact(fact, `facts.${index}`, playbook, faults);
  const names = mapping.facts.map((fact) => fact.name);
  for (const name of new Set(names.filter((each, index) => names.indexOf(each) < index)))
    faults.add('facts', `two facts have the name "${name}", which stands in their references`);
  return faults.found;
}

class Faults {
  readonly found: string[] = [];

  constructor(private readonly mapping: Mapping) {}

  add(path: string, what: string): void {
    this.found.push(`${path}: ${what}`);
  }

  knowsJoin(name: string): boolean {
    return Object.hasOwn(this.mapping.joins ?? {}, name);
  }

  zone(path: string, zone: string): void {
    if (!isZone(zone)) this.add(path, `there is no time zone "${zone}"`);
  }

  /** A value and the parts in it; what a joined file is looked up by may not itself be joined. */
  values(path: string, value: Value, mayJoin = true): void {
    if (value.join !== undefined) {
      if (!mayJoin) this.add(path, 'cannot itself come from a joined file');
      else if (!this.knowsJoin(value.join)) this.add(path, `there is no joined file "${value.join}"`);
      if (value.column === undefined) this.add(path, 'names a joined file but no column of it');
    }
    for (const [index, part] of (value.parts ?? []).entries()) this.values(`${path}.parts.${index}`, part, mayJoin);
  }

  conditions(path: string, conditions: readonly Condition[]): void {
    for (const [index, { join }] of conditions.entries())
      if (join !== undefined && !this.knowsJoin(join)) this.add(`${path}.${index}`, `there is no joined file "${join}"`);
  }

  format(path: string, value: TimeShape): void {
    const { zone = this.mapping.zone } = value;
    if (value.zone !== undefined) this.zone(`${path}.zone`, value.zone);
    if (value.format === undefined) {
      this.add(path, 'a time needs its format, such as yyyy-MM-dd HH:mm');
      return;
    }
    for (const format of [value.format].flat())
      try {
        timeFormat(format, zone, 'reject', value);
      } catch (error) {
        // An unknown language is a RangeError of the platform.
        if (!(error instanceof UnknownTimeFormat || error instanceof RangeError)) throw error;
        this.add(`${path}.format`, error.message);
      }
  }
}

function checkJourney(mapping: Mapping, playbook: Playbook, faults: Faults): void {
  const { site, productLine, customer, owner, product, media, attributes = {} } = mapping.journey;
  const values = {
    site,
    productLine,
    owner,
    product,
    media,
    phone: customer?.phone,
    identifier: customer?.identifier,
    name: customer?.name,
  };
  for (const [name, value] of Object.entries(values)) if (value !== undefined) faults.values(`journey.${name}`, value);
  for (const [name, value] of Object.entries(attributes)) {
    faults.values(`journey.attributes.${name}`, value);
    if (!playbook.attributes.includes(name)) faults.add(`journey.attributes.${name}`, `the playbook ${playbook.id} knows no such label`);
  }
}

function checkFact(fact: FactMap, path: string, playbook: Playbook, faults: Faults): void {
  faults.conditions(`${path}.when`, fact.when ?? []);
  faults.values(`${path}.at`, fact.at);
  faults.format(`${path}.at`, fact.at);
  for (const [index, value] of (fact.reference ?? []).entries()) faults.values(`${path}.reference.${index}`, value);
  for (const name of ['responsible', 'channel', 'note'] as const) {
    const value = fact[name];
    if (value !== undefined) faults.values(`${path}.${name}`, value);
  }
  const form = formOf(fact.touchpoint, playbook);
  if (form === undefined) {
    const known = [...BUILT_INS, ...Object.keys(playbook.declares)].join(', ');
    faults.add(`${path}.touchpoint`, `there is no touchpoint "${fact.touchpoint}"; there are ${known}`);
    return;
  }
  const given = fact.fields ?? {};
  for (const [name, field] of Object.entries(form.fields)) {
    const value = given[name];
    if (value !== undefined) checkField(field, value, `${path}.fields.${name}`, faults);
    else if (field.required === true) faults.add(`${path}.fields`, `${fact.touchpoint} needs "${name}"`);
  }
  for (const name of Object.keys(given))
    if (!Object.hasOwn(form.fields, name)) faults.add(`${path}.fields.${name}`, `${fact.touchpoint} has no such field`);
}

function checkField({ kind }: Field, value: FieldValue, path: string, faults: Faults): void {
  if (kind.kind === 'record' || kind.kind === 'records') {
    const given = kind.kind === 'record' ? [value.record] : (value.records ?? [undefined]);
    for (const [index, record] of given.entries())
      checkRecord(kind.of, record, kind.kind === 'record' ? `${path}.record` : `${path}.records.${index}`, faults);
    return;
  }
  if (value.record !== undefined || value.records !== undefined) faults.add(path, 'is one value, no record');
  if (value.list !== undefined) {
    if (kind.kind !== 'list') faults.add(path, 'is one value, no list');
    for (const [index, each] of value.list.entries()) faults.values(`${path}.list.${index}`, each);
    return;
  }
  faults.values(path, value);
  if (kind.kind === 'instant') faults.format(path, value);
  if (kind.kind === 'money' && value.currency === undefined) faults.add(path, 'money needs its currency');
  if (value.decimal !== undefined && value.decimal === value.group) faults.add(path, 'decimal and group cannot be the same sign');
}

function checkRecord(
  of: Readonly<Record<string, Kind>>,
  record: Record<string, FieldValue> | undefined,
  path: string,
  faults: Faults,
): void {
  if (record === undefined) {
    faults.add(path, `must say ${Object.keys(of).join(', ')}`);
    return;
  }
  for (const [name, kind] of Object.entries(of)) {
    const value = record[name];
    if (value === undefined) faults.add(path, `needs "${name}"`);
    else checkField({ kind }, value, `${path}.${name}`, faults);
  }
  for (const name of Object.keys(record)) if (!Object.hasOwn(of, name)) faults.add(`${path}.${name}`, 'there is no such part of it');
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Released } from './compatibility.js';
import { contractFaults, incompatibilities } from './compatibility.js';
import { asJson, declaredSchemas } from './contract.js';
import { topics } from './index.js';
import { TAKEN } from './intake.js';
import { fileOf, releasedFolder, releasedSchemas } from './released-schemas.js';
import type { Schema } from './schema.js';
import { count, flag, list, object, text, whole, word } from './schema.js';

const v1 = object({ id: text(), channel: word(['phone', 'web']) }, { rings: count(), items: list(text()), at: object({ x: count() }) });

const changed: [string, Schema, string][] = [
  ['another type', object({ id: count(), channel: word(['phone']) }, {}), 'id: type is "integer" and was "string"'],
  ['a field that became required', object({ id: text(), channel: text(), rings: count() }), 'rings became required'],
  ['a field that is required no more', object({ id: text() }, { channel: text() }), 'channel is required no more'],
  ['another limit', { ...v1, properties: { ...v1.properties, rings: { type: 'integer', minimum: 1 } } }, 'rings: minimum is 1 and was 0'],
  ['another type within a list', { ...v1, properties: { ...v1.properties, items: list(count()) } }, 'items[]: type is "integer"'],
  ['a closed object', { ...v1, additionalProperties: false }, 'additionalProperties is false and was absent'],
  ['a word list that closes', { ...v1, properties: { ...v1.properties, channel: { type: 'string', enum: ['phone'] } } }, 'enum'],
  ['a field further down', { ...v1, properties: { ...v1.properties, at: object({}, { x: count() }) } }, 'at: x is required no more'],
];
const allowed: [string, Schema][] = [
  ['a further field that may be lacking', object({ id: text(), channel: text() }, { rings: count(), repeat: flag() })],
  ['a field less that could be lacking', object({ id: text(), channel: text() })],
  ['a further word', object({ id: text(), channel: word(['phone', 'web', 'fax']) }, { rings: count() })],
  ['other words for people', object({ id: text('of the event'), channel: text() })],
];

describe('two versions of a schema', () => {
  it.each(changed)('do not go together with %s, in whichever order they came', (_, schema, fault) => {
    expect(incompatibilities(v1, schema).join('; ')).toContain(fault);
    expect(incompatibilities(schema, v1)).not.toEqual([]);
  });

  it.each(allowed)('go together with %s, in whichever order they came', (_, schema) => {
    expect(incompatibilities(v1, schema)).toEqual([]);
    expect(incompatibilities(schema, v1)).toEqual([]);
  });
});

describe('the contract of what is told', () => {
  const released = releasedSchemas().filter(({ type }) => !type.startsWith(TAKEN));
  const declared = declaredSchemas(topics);
  const [first] = declared as [Released];
  const raised = (schema: Schema, version = 2): Released => ({ ...first, version, schema });

  it('is what was released, to the byte', () => {
    expect(contractFaults(declared, released)).toEqual([]);
    for (const each of declared) expect(readFileSync(join(releasedFolder, fileOf(each)), 'utf8')).toBe(asJson(each.schema));
  });

  it('is broken by a released schema that is changed, with its version or without', () => {
    const details = object({ channel: count() });
    const other = { ...first.schema, properties: { ...first.schema.properties, details } };
    const faults = contractFaults([raised(other, 1)], [first]);
    expect(faults[0]).toBe(`${first.type} 1 is released and was changed; raise its version`);
    expect(faults).toContain(`${first.type} 1 against 1: details.channel: type is "integer" and was "string"`);
    expect(contractFaults([raised(other)], [first]).join()).toContain('details.channel: type is "integer" and was "string"');
  });

  it('is held against every version, not the newest alone', () => {
    const without = { ...first.schema, properties: {} };
    const again = { ...first.schema, properties: { id: whole() } };
    expect(contractFaults([raised(without)], [first])).toEqual([]);
    expect(contractFaults([raised(again, 3)], [first, raised(without)])).toEqual([
      `${first.type} 3 against 1: id: type is "integer" and was "string"`,
    ]);
  });

  it('keeps every type, and counts its versions one by one', () => {
    expect(contractFaults([], [first])).toEqual([`${first.type} is released and declared no more`]);
    expect(contractFaults([raised(first.schema, 3)], [first])).toEqual([`${first.type} goes from version 1 to 3`]);
    expect(contractFaults([first], [first, raised(first.schema)])).toEqual([`${first.type} is declared as version 1, but 2 is released`]);
  });
});

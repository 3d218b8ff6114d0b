import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Declared } from '@touchline/topics/compatibility.js';
import { contractFaults } from '@touchline/topics/compatibility.js';
import { asJson } from '@touchline/topics/contract.js';
import { TAKEN } from '@touchline/topics/intake.js';
import { releasedSchemas } from '@touchline/topics/released-schemas.js';
import { takenSchemas } from './taken-schemas.js';
import { takenCommands } from './taken-commands.js';

describe('the forms of what is taken', () => {
  const released = releasedSchemas().filter(({ type }) => type.startsWith(TAKEN));
  let declared: Declared[] = [];
  beforeAll(async () => {
    declared = await takenSchemas(released);
  });

  it('are those of every route that takes messages, and released to the byte', () => {
    expect(declared.map(({ type }) => type)).toEqual(takenCommands.map(({ name }) => TAKEN + name));
    expect(contractFaults(declared, released)).toEqual([]);
    for (const { type, version, schema } of declared) {
      const same = released.find((each) => each.type === type && each.version === version);
      expect(same && asJson(same.schema)).toBe(asJson(schema));
    }
  });

  it('stand alone: nothing in them leads elsewhere, and none is open', () => {
    expect(JSON.stringify(declared)).not.toContain('$ref');
    for (const { schema } of declared) expect(schema).toMatchObject({ type: 'object', additionalProperties: false });
  });

  it('are a next version once a route takes another body', async () => {
    const [first] = released;
    const other = released.map((each) => (each === first ? { ...each, schema: { ...each.schema, title: 'as it was' } } : each));
    const nameOf = ({ type, version }: { type: string; version: number }): string => `${type} ${version}`;
    const before = new Set(declared.map(nameOf));
    const next = (await takenSchemas(other)).map(nameOf).filter((name) => !before.has(name));
    expect(next).toEqual([`${first?.type} 2`]);
  });
});

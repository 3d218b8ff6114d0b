import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { BUILT_INS } from '../touchpoint-fields.js';
import { TRANSFORMS } from './mapping.js';
import { mappingSchema } from './mapping.schema.js';

const root = resolve(import.meta.dirname, '../../..');

/** Every key that a mapping file may have, at whatever depth. */
function keysOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties = {} } = schema as { properties?: object };
  return [...Object.keys(properties), ...Object.values(schema).flatMap(keysOf)];
}

describe('docs/import.md', () => {
  let guide = '';
  beforeAll(async () => {
    guide = await readFile(resolve(root, 'docs/import.md'), 'utf8');
  });

  it('names every key of a mapping file, and what texts can be turned into', () => {
    const known = [...new Set([...keysOf(mappingSchema), ...TRANSFORMS])];
    expect(known.filter((key) => !guide.includes(`\`${key}\``))).toEqual([]);
  });

  it('names built-in touchpoints that there are', () => {
    const [, listed = ''] = /a built-in one \(([^)]*)\)/.exec(guide) ?? [];
    const named = [...listed.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
    expect(named.length).toBeGreaterThan(3);
    expect(BUILT_INS).toEqual(expect.arrayContaining(named));
  });
});

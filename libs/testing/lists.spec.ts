import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { projections } from '@touchline/projections';
import { touchpoints } from '@touchline/touchpoints/list.js';

const libs = resolve(import.meta.dirname, '..');

/** Folders of a lib, each of which is to be a member of its list. */
const foldersOf = (lib: string): string[] =>
  readdirSync(join(libs, lib), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !['testing', 'migrations'].includes(entry.name))
    .map(({ name }) => name)
    .sort();

const names = (list: readonly { name: string }[]): string[] => list.map(({ name }) => name).sort();

describe('lists equal folders', () => {
  it('every touchpoint is in libs/touchpoints/list.ts, and the other way about', () => {
    expect(names(touchpoints)).toEqual(foldersOf('touchpoints'));
  });

  it('every read model is in libs/projections/index.ts, and the other way about', () => {
    expect(names(projections)).toEqual(foldersOf('projections'));
  });
});

import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { projections } from '@touchline/projections';
import { commandDefinitions, touchpoints } from '@touchline/touchpoints/list.js';

const libs = resolve(import.meta.dirname, '..');

/** Folders of a lib, each of which is to be a member of its list. */
const foldersOf = (lib: string): string[] =>
  readdirSync(join(libs, lib), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !['testing', 'migrations'].includes(entry.name))
    .map(({ name }) => name)
    .sort();

const twice = (all: readonly string[]): string[] => all.filter((name, place) => all.indexOf(name) < place);

const names = (list: readonly { name: string }[]): string[] => list.map(({ name }) => name).sort();

describe('lists equal folders', () => {
  it('every touchpoint is in libs/touchpoints/list.ts, and the other way about', () => {
    expect(names(touchpoints)).toEqual(foldersOf('touchpoints'));
  });

  it('every read model is in libs/projections/index.ts, and the other way about', () => {
    expect(names(projections)).toEqual(foldersOf('projections'));
  });

  it('every command and every query is sent by a name of its own', () => {
    expect(twice(commandDefinitions.map(({ name }) => name))).toEqual([]);
    expect(twice(projections.flatMap(({ queries }) => queries.map(({ name }) => name)))).toEqual([]);
  });
});

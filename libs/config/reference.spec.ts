import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { SettingGroup } from './declarations.js';
import { allSettings, groups } from './declarations.js';
import { driftedFiles } from './generated-files.js';
import { loadSettings } from './load-settings.js';
import { renderEnvExample, renderReference } from './reference.js';
import { oneOf, secretText, text, wholeNumber } from './setting-types.js';
import { optional, required, requiredWith, withDefault } from './setting.js';

const sample: SettingGroup[] = [
  {
    title: 'Sample',
    settings: {
      size: withDefault('SIZE', wholeNumber(1, 9), '3', { description: 'How many.' }),
      secret: required('SECRET', secretText, { description: 'Keep it.', secret: true, make: 'openssl rand' }),
      color: optional('COLOR', oneOf('red', 'a|b'), { description: 'Which.', required: requiredWith('SIZE') }),
      name: optional('NAME', text, { description: 'Free.' }),
    },
  },
];

describe('what is generated from the declarations', () => {
  it('an example file that asks for what is required and shows what is not', () => {
    expect(renderEnvExample(sample).split('\n').slice(2)).toEqual([
      '# Sample',
      '',
      '# How many.',
      '# SIZE=3',
      '',
      '# Keep it. Required always.',
      '# Make one: openssl rand',
      'SECRET=',
      '',
      '# Which. Required with SIZE.',
      '# COLOR=',
      '',
      '# Free.',
      '# NAME=',
      '',
    ]);
  });

  it('a table with one row a setting', () => {
    expect(renderReference(sample).split('\n').slice(5)).toEqual([
      '## Sample',
      '',
      '| variable | meaning | value | default | required | secret |',
      '|---|---|---|---|---|---|',
      '| `SIZE` | How many. | a whole number from 1 to 9 | `3` |  |  |',
      '| `SECRET` | Keep it. | text of at least 32 characters |  | always | yes |',
      '| `COLOR` | Which. | one of red, a\\|b |  | with SIZE |  |',
      '| `NAME` | Free. | text |  |  |  |',
      '',
    ]);
  });

  it('names no variable twice, and no default of a secret', () => {
    const keys = allSettings.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(allSettings.filter((setting) => setting.secret && setting.default !== undefined)).toEqual([]);
  });

  it('every default is valid by its own type', () => {
    for (const { default: written, type } of allSettings) {
      if (written !== undefined) expect(() => type.parse(written)).not.toThrow();
    }
  });

  it('the example file alone does not start anything: its required values are to be filled in', () => {
    const written = renderEnvExample(groups)
      .split('\n')
      .filter((line) => /^[A-Z_]+=/.test(line));
    const env = Object.fromEntries(written.map((line) => line.split('=', 2) as [string, string]));
    expect(Object.keys(env)).toEqual(['DATABASE_URL', 'MASTER_KEYS', 'IDENTITY_HMAC_SECRET', 'LOG_SIGNING_KEYS', 'TOKEN_SIGNING_KEY']);
    expect(() => loadSettings(env)).toThrow(/DATABASE_URL is missing/);
  });
});

describe('the drift check', () => {
  it('names files that differ or are missing, and no others', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'generated-'));
    try {
      const [same, changed, missing] = ['same', 'changed', 'missing'].map((name) => join(folder, name)) as [string, string, string];
      await writeFile(same, 'as generated\n');
      await writeFile(changed, 'edited by hand\n');
      const drifted = await driftedFiles([same, changed, missing].map((path) => ({ path, content: 'as generated\n' })));
      expect(drifted).toEqual([changed, missing]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

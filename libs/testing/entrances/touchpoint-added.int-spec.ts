import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fragmentsOf, patched, stepsOf } from '@touchline/testing/guides.js';
import { serverUrl } from '@touchline/testing/postgres.js';

const root = resolve(import.meta.dirname, '../../..');
const FOLDER = 'libs/touchpoints/gift/';
const LIST = 'libs/touchpoints/list.ts';

describe('a touchpoint added as the how-to says', () => {
  const copy = mkdtempSync(join(tmpdir(), 'touchline-touchpoint-'));
  const steps = stepsOf('add-a-touchpoint');
  const [fit = ''] = fragmentsOf('add-a-touchpoint');

  beforeAll(() => {
    for (const part of ['libs', 'apps', 'infra', 'package.json', 'jest.config.js', '.swcrc', 'docs'])
      cpSync(join(root, part), join(copy, part), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    for (const { path, kind, text } of steps) {
      const file = join(copy, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, kind === 'ts' ? text : patched(readFileSync(file, 'utf8'), text));
    }
    const fits = join(copy, 'libs/server/testing/refusals/fits.ts');
    const head = 'export const FITS: Readonly<{ [route: string]: Making }> = {\n';
    writeFileSync(fits, readFileSync(fits, 'utf8').replace(head, head + fit));
  });
  afterAll(() => rmSync(copy, { recursive: true }));

  it('is one folder and one line', () => {
    expect(steps.filter(({ path }) => !path.startsWith(FOLDER)).map(({ path }) => path)).toEqual([LIST]);
    const lines = steps.find(({ path }) => path === LIST)?.text.split('\n') ?? [];
    // Its import, and its place in the list.
    expect(lines.filter((line) => line.startsWith('+'))).toHaveLength(2);
  });

  it('records over HTTP, in a message and in an import', async () => {
    const args = [
      '--experimental-vm-modules',
      '--no-warnings',
      'node_modules/jest/bin/jest.js',
      '--ci',
      '--runInBand',
      '--json',
      '--outputFile=told.json',
    ];
    const asked = ['--testNamePattern', 'gift', 'libs/touchpoints/gift', 'libs/testing/entrances/same-table'];
    const env = { ...process.env, TEST_DATABASE_URL: await serverUrl() };
    await promisify(execFile)(process.execPath, [...args, ...asked], { cwd: copy, env, maxBuffer: 64 * 1024 * 1024 });
    const { numFailedTests, testResults } = JSON.parse(readFileSync(join(copy, 'told.json'), 'utf8')) as JestResult;
    const passed = testResults.flatMap(({ assertionResults }) => assertionResults.filter(({ status }) => status === 'passed'));
    const titles = passed.map(({ fullName }) => fullName);
    expect(numFailedTests).toBe(0);
    for (const title of [
      'a gift given is refused where it is worth nothing',
      'gifts over HTTP records a gift on a journey, once, and shows it in the timeline',
      'a value of a field is the same over HTTP and in a message: gift-given gift, longest',
      'a value of a field is the same over HTTP and in an import: gift-given gift, too long',
      'a value of a field is the same over HTTP and in an import: gift-given worth, 0 fen',
    ])
      expect(titles).toContain(title);
  });
});

interface JestResult {
  numFailedTests: number;
  testResults: { assertionResults: { fullName: string; status: string }[] }[];
}

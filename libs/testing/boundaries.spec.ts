import { execFile } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';

const root = resolve(import.meta.dirname, '../..');
const house = join(root, 'infra/lint-fixtures');

interface EslintReport {
  filePath: string;
  messages: { ruleId: string | null; severity: number }[];
}
interface CruiseReport {
  modules: { source: string; dependencies: { rules?: { name: string }[] }[] }[];
  summary: { ruleSetUsed: { forbidden: { name: string }[] } };
}

interface LibCycles {
  summary: { violations: { from: string; to: string; rule: { name: string } }[] };
}

const fixtures = readdirSync(house, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({ path, breaks: /^\/\/ breaks: (\S+)$/m.exec(readFileSync(join(house, path), 'utf8'))?.[1] }));
const wrong = fixtures.filter((fixture): fixture is { path: string; breaks: string } => fixture.breaks !== undefined);
const right = fixtures.filter(({ breaks }) => breaks === undefined);

/** Runs a tool as `npm run lint` does, but in the small house; a finding makes it exit with 1, which is what is wanted. */
async function run(tool: string, ...args: string[]): Promise<unknown> {
  const command = [join(root, 'node_modules', tool), ...args];
  const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: house, maxBuffer: 1 << 26 }).catch((error: unknown) => {
    const { stdout: report, stderr } = error as { stdout: string; stderr: string };
    if (!/^[[{]/.test(report)) throw new Error(stderr);
    return { stdout: report };
  });
  return JSON.parse(stdout);
}

describe('the import and purity rules', () => {
  const reported = new Map<string, Set<string>>();
  let importRules: string[] = [];
  const report = (path: string, rule: string): void => {
    reported.set(path, (reported.get(path) ?? new Set()).add(rule));
  };

  beforeAll(async () => {
    const lint = (await run('eslint/bin/eslint.js', '--config', '../../eslint.config.js', '--format', 'json', '.')) as EslintReport[];
    for (const { filePath, messages } of lint) {
      for (const { ruleId, severity } of messages) if (severity === 2) report(relative(house, filePath), ruleId ?? 'does not parse');
    }
    const cruise = (await run(
      'dependency-cruiser/bin/dependency-cruise.mjs',
      ...['--config', '../import-rules.js', '--output-type', 'json', 'libs', 'apps'],
    )) as CruiseReport;
    for (const { source, dependencies } of cruise.modules) {
      for (const { name } of dependencies.flatMap(({ rules }) => rules ?? [])) report(source, name);
    }
    importRules = cruise.summary.ruleSetUsed.forbidden.map(({ name }) => name);
  });

  it.each(wrong)('$path breaks $breaks and nothing else', ({ path, breaks }) => {
    expect([...(reported.get(path) ?? [])]).toEqual([breaks]);
  });

  it.each(right)('$path breaks nothing', ({ path }) => {
    expect([...(reported.get(path) ?? [])]).toEqual([]);
  });

  it('has a wrong file for every import rule', () => {
    const broken = new Set(wrong.map(({ breaks }) => breaks));
    expect(importRules.length).toBeGreaterThan(20);
    expect(importRules.filter((name) => !broken.has(name))).toEqual([]);
  });

  it('find libs that need each other, over whichever files', async () => {
    const cruise = (await run(
      'dependency-cruiser/bin/dependency-cruise.mjs',
      ...['--config', '../lib-cycles.js', '--output-type', 'json', 'libs'],
    )) as LibCycles;
    // libs/core/wrong-upwards.ts knows a lib that rests on its own, in another file.
    expect(cruise.summary.violations.map(({ from, to, rule }) => `${rule.name}: ${from}, ${to}`)).toContain(
      'no-lib-cycles: libs/core, libs/config',
    );
  });

  it('has a wrong file for every kind of impurity and for the rules on types', () => {
    const broken = new Set(wrong.map(({ breaks }) => breaks));
    for (const rule of [
      'no-restricted-globals',
      'no-restricted-properties',
      'no-restricted-syntax',
      'max-lines',
      '@typescript-eslint/no-explicit-any',
      '@typescript-eslint/no-floating-promises',
      '@typescript-eslint/no-misused-promises',
      '@typescript-eslint/switch-exhaustiveness-check',
      '@typescript-eslint/consistent-type-imports',
    ]) {
      expect(broken).toContain(rule);
    }
  });
});

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { SUITES } from './certificate/suites.js';
import { effort } from './effort.js';

const root = resolve(import.meta.dirname, '../..');
const crash = 'libs/testing/crash';
const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');

describe('how much the tests do', () => {
  it('is few of everything unless more is asked for, and all of it at a hundred percent', () => {
    expect([effort(200, 15, 0), effort(200, 15, 50), effort(200, 15, 100), effort(3, 2, 1)]).toEqual([15, 108, 200, 2]);
  });

  it('is asked for in one place: a suite that kills has no count of its own', () => {
    const suites = readdirSync(join(root, crash)).filter((file) => file.endsWith('.int-spec.ts'));
    expect(suites.length).toBeGreaterThan(6);
    const counted = /^const (?:\w+_)?KILLS = (.*);$/gm;
    for (const suite of suites) {
      const text = textOf(join(crash, suite));
      expect([suite, text.includes('effort(')]).toEqual([suite, true]);
      for (const [, count] of text.matchAll(counted)) expect([suite, count]).toEqual([suite, expect.stringMatching(/^effort\(/)]);
    }
  });

  it('stands in the certificate: every suite that asks for it is run, and notes what it does', () => {
    expect(SUITES.filter((file) => !existsSync(join(root, file)))).toEqual([]);
    const files = readdirSync(join(root, 'libs'), { recursive: true, encoding: 'utf8' }).map((file) => join('libs', file));
    const asking = files.filter((file) => file.endsWith('.int-spec.ts') && /\beffort\(/.test(textOf(file)));
    expect(asking.filter((file) => !SUITES.includes(file))).toEqual([]);
    const drivers = SUITES.filter((file) => textOf(file).includes('eventStoreContract('));
    const noting = SUITES.filter((file) => textOf(file).includes('certified({'));
    expect([...noting, ...drivers].sort()).toEqual([...SUITES].sort());
    expect(textOf('libs/event-store/testing/contract-writers.ts')).toContain('certified({');
  });
});

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { effort } from './effort.js';

const crash = join(import.meta.dirname, 'crash');

describe('how much the tests do', () => {
  it('is all of it at a hundred percent, and never less than each suite needs', () => {
    expect([effort(50, 15, 100), effort(50, 5, 20), effort(50, 15, 20), effort(3, 2, 1), effort(4, 9, 20)]).toEqual([50, 10, 15, 2, 4]);
  });

  it('is asked for in one place: a suite that kills has no count of its own', () => {
    const suites = readdirSync(crash).filter((file) => file.endsWith('.int-spec.ts'));
    expect(suites.length).toBeGreaterThan(6);
    const counted = /^const (?:\w+_)?KILLS = (.*);$/gm;
    for (const suite of suites) {
      const text = readFileSync(join(crash, suite), 'utf8');
      expect([suite, text.includes('effort(')]).toEqual([suite, true]);
      for (const [, count] of text.matchAll(counted)) expect([suite, count]).toEqual([suite, expect.stringMatching(/^effort\(/)]);
    }
  });
});

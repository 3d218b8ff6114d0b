import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { compile, patched, stepsOf } from './guides.js';

const root = resolve(import.meta.dirname, '../..');
/** In the order in which they build on each other. */
const GUIDES = ['add-a-touchpoint', 'add-a-projection', 'change-an-event'];

describe('the code of the how-tos', () => {
  const files = new Map<string, string>();
  const after = new Map<string, Map<string, string>>();
  beforeAll(() => {
    for (const guide of GUIDES) {
      for (const { path, kind, text } of stepsOf(guide)) {
        const file = join(root, path);
        const before = files.get(file) ?? (existsSync(file) ? readFileSync(file, 'utf8') : '');
        files.set(file, kind === 'ts' ? text : patched(before, text));
      }
      after.set(guide, new Map(files));
    }
  });

  it.each(GUIDES)('%s compiles in this release, with what it adds to the lists', (guide) => {
    const written = after.get(guide) ?? new Map<string, string>();
    expect(written.size).toBeGreaterThan(5);
    expect(compile(written)).toEqual([]);
  });

  it('would be seen not to compile', () => {
    const written = new Map(after.get('add-a-touchpoint'));
    const commands = join(root, 'libs/touchpoints/gift/gift.commands.ts');
    written.set(commands, written.get(commands)!.replace("{ 'gift.worth-invalid': 422 }", '{}'));
    expect(compile(written).join('\n')).toMatch(/gift\.commands\.ts: .*gift\.worth-invalid/);
  });
});

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { blocksOf, pages, unaccounted } from './docs-commands.js';

const cli = resolve(import.meta.dirname, '../../apps/cli');
const libs = resolve(import.meta.dirname, '..');
const sources = readdirSync(cli)
  .filter((file) => file.endsWith('.ts') && !file.endsWith('spec.ts'))
  .map((file) => readFileSync(join(cli, file), 'utf8'))
  .join('\n');
const commands = new Set([...sources.matchAll(/\.command\('([a-z-]+)/g)].map(([, name = '']) => name));
const options = new Set([...sources.matchAll(/--[a-z][a-z-]+/g)].map(([option]) => option));

/** What `touchline` is asked in a page: the words of the command, and the options. */
const asked = (page: string): { words: string[]; options: string[] }[] =>
  blocksOf(page).flatMap((block) =>
    [...block.replaceAll('\\\n', ' ').matchAll(/(?:^|[(\s])(?:touchline|dist\/apps\/cli\/main\.js) ([a-z][^\n|#;)]*)/gm)].map(
      ([, line = '']) => ({
        words: line.split(' ').slice(0, 2),
        options: line.match(/(?<= )--[a-z][a-z-]+/g) ?? [],
      }),
    ),
  );

describe('the commands in the documentation', () => {
  it('are run, or the page or the block is listed with the reason why not', () => {
    expect(unaccounted()).toEqual([]);
  });

  it('rebuild every view there is, where all are to be rebuilt', () => {
    const [, names = ''] = /for view in ([^;]+);/.exec(blocksOf('docs/runbooks/rebuild.md').join('\n')) ?? [];
    expect(names.split(' ')).toEqual(
      readdirSync(join(libs, 'projections')).filter((name) => existsSync(join(libs, 'projections', name, `${name}.projection.ts`))),
    );
  });

  it('ask `touchline` for what it can do', () => {
    const all = pages().flatMap((page) => asked(page).map((each) => ({ page, ...each })));
    expect(all.length).toBeGreaterThan(30);
    expect(all.filter(({ words }) => !commands.has(words[0] ?? '')).map(({ page, words }) => `${page}: ${words.join(' ')}`)).toEqual([]);
    expect(
      all.flatMap(({ page, options: given }) => given.filter((option) => !options.has(option)).map((option) => `${page}: ${option}`)),
    ).toEqual([]);
  });
});

import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { NOT_RUN, RUN, blocksOf, pages } from './docs-commands.js';

const cli = resolve(import.meta.dirname, '../../apps/cli');
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
  it('are run, or listed with the reason why not', () => {
    const listed = [...RUN, ...Object.keys(NOT_RUN)];
    const withCommands = pages().filter((page) => blocksOf(page).length > 0);
    expect(withCommands.filter((page) => !listed.includes(page))).toEqual([]);
    expect(listed.filter((page) => !withCommands.includes(page))).toEqual([]);
    expect(RUN.filter((page) => page in NOT_RUN)).toEqual([]);
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

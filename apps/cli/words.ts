import { randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { Command } from 'commander';
import { execute } from '@touchline/commands/execute.js';
import type { JsonObject, WordList } from '@touchline/core';
import { WORD_LISTS, oneLine } from '@touchline/core';
import { TextsThatAreNoWords } from '@touchline/touchpoints/words/suggested-words.js';
import type { WordSaid } from '@touchline/touchpoints/words/words.events.js';
import { byShell } from './by-shell.js';
import { EXIT } from './exit.js';
import { withPlatform } from './platform.js';

const SUGGEST_HELP = `
What it does:
  Reads the log and changes nothing. Prints a line of JSON for each text that events hold where words of the group stand now, and that
  is none: { list, word, count, near }. The commonest come first; 'near' is what is written much like it, words and other texts.
  Take out of it what names a person, put spellings of one thing into one line's "aliases", and give it to 'touchline words add'.

docs/words.md tells more.`;

const ADD_HELP = `
What it does:
  Adds a word for each line of JSON: { list, word }, and where there are any "zh", "en" and "aliases". What else is in a line is
  passed over. A word that the list has is left as it is.

Exit codes:
  0  all of them are there now        2  settings, options or the file cannot be used; nothing was added
  1  failed on the way; do it again   3  some were refused: another word is written like that`;

export function addWords(program: Command): void {
  const words = program
    .command('words')
    .summary('what is counted: words for texts that were recorded before')
    .description('The lists of words of a group: media, campaigns, products, material, risks, buildings, labels of journeys.');
  words
    .command('suggest')
    .summary('texts of the log that are no words of the group')
    .description('Lists the texts that were recorded before the group had words for them, as lines for "touchline words add".')
    .requiredOption('--tenant <group>', 'the group')
    .addHelpText('after', SUGGEST_HELP)
    .action(async ({ tenant }: { tenant: string }) => suggest(tenant));
  words
    .command('add')
    .summary('add words of a file to the lists of the group')
    .description('Adds words to the lists of the group.')
    .argument('<file>', 'a line of JSON for each word')
    .requiredOption('--tenant <group>', 'the group')
    .addHelpText('after', ADD_HELP)
    .action(async (file: string, { tenant }: { tenant: string }) => {
      const read = await readWords(file);
      process.exitCode = 'faults' in read ? fail(read.faults) : await add(tenant, read.words);
    });
}

function suggest(tenant: string): Promise<void> {
  return withPlatform(async ({ store, registry, words }) => {
    const lists = await Promise.all(WORD_LISTS.map(async (list) => [list, await words.words(tenant, list)] as const));
    const texts = new TextsThatAreNoWords(new Map(lists));
    for await (const stored of store.readAll()) {
      const { type, data, meta } = registry.decode(stored);
      if (meta.tenant === tenant) texts.add(registry.get(type).words, data);
    }
    const suggested = texts.suggested();
    for (const each of suggested) process.stdout.write(`${JSON.stringify(each)}\n`);
    process.stderr.write(`${suggested.length} texts of ${tenant} are no words of its lists\n`);
  });
}

async function add(tenant: string, words: readonly WordSaid[]): Promise<number> {
  return withPlatform(async ({ services }) => {
    const refused: string[] = [];
    let added = 0;
    for (const word of words) {
      const known = await services.deps.words.find(tenant, word.list, word.word, { withdrawn: true });
      if ('word' in known && known.word === word.word) continue;
      const outcome = await execute(services, 'word-added', word, byShell(tenant, randomUUID()));
      if (outcome.kind === 'refused') refused.push(...outcome.refusals.map(({ detail }) => `${word.list} ${word.word}: ${detail}`));
      else added += 1;
    }
    for (const line of refused) process.stderr.write(`${line}\n`);
    process.stderr.write(`${added} words added, ${words.length - added - refused.length} there already, ${refused.length} refused\n`);
    return refused.length > 0 ? EXIT.reported : EXIT.done;
  });
}

type Read = { words: WordSaid[] } | { faults: string[] };

/** Every line that is no word is told, and then none is added. */
async function readWords(path: string): Promise<Read> {
  const file = await open(path);
  const [words, faults]: [WordSaid[], string[]] = [[], []];
  let line = 0;
  for await (const text of file.readLines()) {
    line += 1;
    if (text.trim() === '') continue;
    const word = wordOf(text);
    if (word === null)
      faults.push(`${path}:${line}: is no word: { "list": ${WORD_LISTS.join(' | ')}, "word": 1 to ${LONGEST} characters }`);
    else words.push(word);
  }
  return faults.length > 0 ? { faults } : { words };
}

/** As over HTTP. */
const LONGEST = 100;

function wordOf(line: string): WordSaid | null {
  const { list, word, zh, en, aliases = [] } = parsed(line);
  const labels = Object.entries({ zh, en }).filter(([, label]) => label !== undefined);
  const texts = [word, ...labels.map(([, label]) => label), ...(Array.isArray(aliases) ? aliases : [aliases])];
  if (!WORD_LISTS.includes(list as WordList) || !texts.every(isText)) return null;
  const said: JsonObject = Object.fromEntries(labels.map(([name, label]) => [name, oneLine(label as string)]));
  const further = (aliases as string[]).map(oneLine);
  return { ...said, list: list as WordList, word: oneLine(word as string), ...(further.length > 0 && { aliases: further }) };
}

const isText = (value: unknown): boolean => typeof value === 'string' && oneLine(value) !== '' && oneLine(value).length <= LONGEST;

function parsed(line: string): JsonObject {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as JsonObject) : {};
  } catch {
    return {};
  }
}

function fail(lines: readonly string[]): number {
  process.stderr.write(`${lines.join('\n')}\n`);
  return EXIT.unusable;
}

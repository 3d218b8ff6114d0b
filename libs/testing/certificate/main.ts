import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { program } from 'commander';
import { thisMachine } from '@touchline/bench/report/machine.js';
import { readNotes } from './notes.js';
import type { Outcome, Result } from './outcome.js';
import { killPoints, objections, outcomeOf } from './outcome.js';
import { pageOf } from './page.js';
import { SUITES } from './suites.js';

program
  .name('npm run certify --')
  .description('Runs what kills processes, or lets writers meet, at full count, and writes what came of it.')
  .argument('[suites...]', 'parts of paths: those suites alone, and the page names the others as not run; all unless given')
  .option('--page <file>', 'the page to write', 'docs/certificate.md')
  .option('--at-once <suites>', 'how many suites run at once', '2')
  .action(async (wanted: string[], { page, atOnce }: { page: string; atOnce: string }) => {
    const files = SUITES.filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)));
    if (files.length === 0) program.error(`no suite is named so; there are ${SUITES.join(', ')}`);
    const outcomes = await certify(files, page, Number(atOnce));
    for (const reason of objections(outcomes)) say(reason);
    say(`${killPoints(outcomes)} kill points; ${page} is written`);
    // Whoever asked for some suites hears of these.
    const asked = outcomes.filter(({ file }) => files.includes(file));
    const holds = wanted.length === 0 ? objections(outcomes).length === 0 : asked.every(({ verdict }) => verdict === 'held');
    process.exitCode = holds ? 0 : 1;
  });
await program.parseAsync();

/** Each suite in a Jest of its own, and the page anew after each: what was cut off is said to be not run. */
async function certify(files: readonly string[], page: string, atOnce: number): Promise<Outcome[]> {
  const folder = await mkdtemp(join(tmpdir(), 'touchline-certificate-'));
  const notes = join(folder, 'notes.jsonl');
  writeFileSync(notes, '');
  const { postgres: _, ...machine } = thisMachine('');
  const commit = git('rev-parse', 'HEAD');
  const changed = git('status', '--porcelain', '--', '.', `:!${page}`) !== '';
  const results = new Map<string, Result | 'none'>();
  const written = (): Outcome[] => {
    const noted = readNotes(readFileSync(notes, 'utf8'));
    const outcomes = SUITES.map((suite) => {
      const own = noted.filter(({ file }) => file === resolve(suite));
      return outcomeOf(suite, own, results.get(suite) ?? null);
    });
    writeFileSync(page, pageOf({ at: new Date().toISOString(), commit, changed, ...machine }, outcomes));
    return outcomes;
  };
  say(`what the suites write: ${folder}`);
  const waiting = [...files];
  const work = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      say(`${time()} ${file} …`);
      results.set(file, await runSuite(file, folder, notes));
      const outcome = written().find((each) => each.file === file);
      say(`${time()} ${file}: ${outcome?.verdict}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return written();
}

/** 'none' where it ended without a result. */
async function runSuite(file: string, folder: string, notes: string): Promise<Result | 'none'> {
  const name = basename(file).replace('.int-spec.ts', '');
  const [log, out] = [openSync(join(folder, `${name}.log`), 'w'), join(folder, `${name}.json`)];
  const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];
  const child = spawn(process.execPath, [...jest, '--runTestsByPath', file, '--json', '--outputFile', out], {
    env: { ...process.env, TEST_EFFORT: '100', TOUCHLINE_CERTIFICATE: notes },
    stdio: ['ignore', log, log],
  });
  await once(child, 'exit');
  if (!existsSync(out)) return 'none';
  const { testResults } = JSON.parse(readFileSync(out, 'utf8')) as { testResults: Result[] };
  return testResults[0] ?? 'none';
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
function time(): string {
  return new Date().toISOString().slice(11, 19);
}
function git(...args: string[]): string {
  return execFileSync('git', args, { encoding: 'utf8' }).trim();
}

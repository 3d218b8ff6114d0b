// What the checks of clients and models have in common: a place of their own, and tools that may not be there.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const { home: given = join(root, '.clients') } = parseArgs({ options: { home: { type: 'string' } } }).values;
export const home = resolve(given);
mkdirSync(home, { recursive: true });

/** A tool or a registry that is not there: the check is left out and says so. What fails otherwise is a fault. */
export class NotThere extends Error {}

export const run = (command, arguments_, options = {}) =>
  execFileSync(command, arguments_, { cwd: home, stdio: ['ignore', 'ignore', 'inherit'], ...options });

export function need(command, argument = '--version') {
  try {
    execFileSync(command, [argument], { stdio: 'ignore' });
  } catch {
    throw new NotThere(`there is no ${command}`);
  }
}

/** Brings something from a registry, which may be out of reach. */
export function fetch(what, command, arguments_, options) {
  try {
    run(command, arguments_, options);
  } catch {
    throw new NotThere(`${what} could not be fetched`);
  }
}

export function emptyFolder(name) {
  const out = join(home, name);
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  return out;
}

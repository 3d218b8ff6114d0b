import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const MAIN = resolve(import.meta.dirname, '../../dist/apps/cli/main.js');

export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

interface Options {
  env: Record<string, string>;
  cwd?: string;
}

/** One command of the built command line, to its end, whatever its exit code. */
export const touchline = (args: readonly string[], { env, ...options }: Options): Promise<Ended> =>
  node([MAIN, ...args], { ...options, env: { PATH: process.env['PATH'] ?? '', ...env } });

/** A Node process, to its end. */
export async function node(args: readonly string[], options: Options): Promise<Ended> {
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, args, options)) };
  } catch (error) {
    const { code, stdout, stderr } = error as Ended;
    return { code, stdout, stderr };
  }
}

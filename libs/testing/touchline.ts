import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const MAIN = resolve(import.meta.dirname, '../../dist/apps/cli/main.js');

export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** One command of the built command line, to its end, whatever its exit code. */
export async function touchline(args: readonly string[], options: { env: Record<string, string>; cwd?: string }): Promise<Ended> {
  const env = { PATH: process.env['PATH'] ?? '', ...options.env };
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, [MAIN, ...args], { ...options, env })) };
  } catch (error) {
    const { code, stdout, stderr } = error as Ended;
    return { code, stdout, stderr };
  }
}

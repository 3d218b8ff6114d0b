import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Run } from '@touchline/testing/docs-commands.js';
import { FIRST, PSQL, blocksRun } from '@touchline/testing/docs-commands.js';
import { root } from './processes.js';

const TOUCHLINE = 'touchline() { node dist/apps/cli/main.js "$@"; }';

/** Somebody who types the commands of the pages in the folder of the platform, page after page. */
export class Reader {
  private constructor(
    /** Holds what the commands leave behind; the platform's own files are links. */
    readonly folder: string,
    private readonly env: Record<string, string>,
  ) {}

  /** Begins as every runbook does, and keeps the settings that gives. */
  static async begin(env: Record<string, string>): Promise<Reader> {
    const folder = await mkdtemp(join(tmpdir(), 'touchline-pages-'));
    for (const each of ['dist', 'docs', 'node_modules', 'package.json']) await symlink(join(root, each), join(folder, each));
    const first = new Reader(folder, { PATH: process.env['PATH'] ?? '', HOME: tmpdir(), ...env });
    const { stdout } = await first.bash([...blocksRun(FIRST), 'printf "\\0"; env -0'].join('\n'));
    const [, ...settings] = stdout.split('\0');
    return new Reader(
      folder,
      Object.fromEntries(settings.map((line) => line.split(/=(.*)/s, 2)).filter(([name]) => name)) as Record<string, string>,
    );
  }

  /**
   * What the commands of a run print. They must end well, and no request be refused.
   * @param own what this reader puts in place of the examples in the page
   */
  async run(run: Run, env: Record<string, string> = {}, own: Readonly<Record<string, string>> = {}): Promise<string> {
    const steps = Object.entries(own).reduce((text, [example, mine]) => text.replaceAll(example, mine), blocksRun(run).join('\n'));
    const { stdout } = await this.bash(steps, env).catch((error: unknown) => {
      const { code, stdout: said, stderr } = error as { code: number; stdout: string; stderr: string };
      throw new Error(`${run.page} ended with ${code}: ${said}\n${stderr}`);
    });
    if (run.tellsProblems !== true && stdout.includes('problems/')) throw new Error(`${run.page} was refused: ${stdout}`);
    const missing = (run.shows ?? []).filter((text) => !stdout.includes(text));
    if (missing.length > 0) throw new Error(`${run.page} does not show ${missing.join(', ')}: ${stdout}`);
    return stdout;
  }

  bash(steps: string, env: Record<string, string> = {}) {
    const script = [PSQL, TOUCHLINE, steps].join('\n');
    return promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], { env: { ...this.env, ...env }, cwd: this.folder });
  }

  end(): Promise<void> {
    return rm(this.folder, { recursive: true });
  }
}

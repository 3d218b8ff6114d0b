import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

const dist = resolve(import.meta.dirname, '../../../dist');

/** One process of the platform as it is run in production, to kill and to start again. */
export class AppProcess {
  private child: ChildProcess | null = null;
  private output = '';
  private isReady = false;
  /** Is handed everything it writes. */
  onOutput: ((text: string) => void) | null = null;

  /** `readyWhen` is in what it writes once it works. */
  constructor(
    readonly name: string,
    private readonly app: string,
    private readonly readyWhen: RegExp,
    private readonly env: Record<string, string>,
    private readonly args: readonly string[] = [],
  ) {
    if (!existsSync(join(dist, 'apps', app, 'main.js'))) throw new Error(`build first: there is no dist/apps/${app}`);
  }

  get running(): boolean {
    return this.child !== null && this.child.exitCode === null && this.child.signalCode === null;
  }

  get ready(): boolean {
    return this.running && this.isReady;
  }

  /** Its exit code; null where it was killed or still runs. */
  get exitCode(): number | null {
    return this.child?.exitCode ?? null;
  }

  /** The last lines it wrote, for the message of a failed test. */
  get lastWords(): string {
    return this.output.slice(-4_000);
  }

  start(): void {
    if (this.running) return;
    this.output = '';
    this.isReady = this.readyWhen.test('');
    const child = spawn(process.execPath, [join(dist, 'apps', this.app, 'main.js'), ...this.args], {
      // Nothing of Jest's own settings: the process is to run as it would anywhere.
      env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...this.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const hear = (chunk: Buffer): void => {
      this.onOutput?.(chunk.toString());
      this.output = (this.output + chunk.toString()).slice(-16_000);
      this.isReady ||= this.readyWhen.test(this.output);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    this.child = child;
  }

  /** SIGSTOP, which holds it up in the middle of anything, and SIGCONT, after which it goes on as if nothing had been. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.child?.kill(name);
  }

  /** kill -9, whatever it was doing; waits until it is gone. @returns whether that is what ended it */
  async kill(): Promise<boolean> {
    const { child } = this;
    if (child === null || !this.running) return false;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    return child.signalCode === 'SIGKILL';
  }
}

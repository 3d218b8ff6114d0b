import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The repository, seen from the sources as from what is built. */
const root = ['../..', '../../..']
  .map((up) => resolve(import.meta.dirname, up))
  .find((folder) => existsSync(join(folder, 'infra/kafka/start.js')));

/** Why this machine can start no Kafka; null where it can. */
export function missingForKafka(): string | null {
  if (root === undefined) return 'no infra/kafka to start one';
  if (!has('java')) return 'no Java to start one';
  return existsSync(join(root, '.kafka/libs')) || has('mvn') ? null : 'no Maven to fetch one';
}

function has(program: string): boolean {
  try {
    execFileSync('/bin/sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export interface KafkaProcess {
  child: ChildProcess;
  brokers: string;
  /** Of the broker itself. */
  pid: number;
}

/** Resolves once a broker answers that ends with this process; with `tether`, with that pipe's last writer. */
export function launchKafka({ port = '0', data, tether }: { port?: string; data: string; tether?: string }): Promise<KafkaProcess> {
  const args = ['--port', port, '--data', data, ...(tether === undefined ? [] : ['--tether', tether])];
  const child = spawn(process.execPath, [join(root ?? '', 'infra/kafka/start.js'), ...args], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Promise((done, reject) => {
    let said = '';
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
      const [, brokers, pid] = /kafka (\S+) pid (\d+)\n/.exec(said) ?? [];
      if (brokers === undefined) return;
      child.stdout.destroy();
      child.stderr.destroy();
      done({ child, brokers, pid: Number(pid) });
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('exit', (code) => reject(new Error(`it ended with ${code}: ${said}`)));
  });
}

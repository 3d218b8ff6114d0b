import { closeSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Ends the test run's database and Kafka, where they were started, and removes all they left. Imports nothing of ours, like the set-up. */
export default async function tearDownTestRun(): Promise<void> {
  const directory = process.env['TOUCHLINE_TEST_RUN'];
  if (directory === undefined) return;
  closeSync(Number(process.env['TOUCHLINE_TEST_RUN_TETHER']));
  const state = join(directory, 'server.json');
  if (existsSync(state)) {
    const { home } = JSON.parse(readFileSync(state, 'utf8')) as { home?: string };
    if (home !== undefined) {
      // The server removes this file as the last thing it does.
      for (let waited = 0; existsSync(join(home, 'cluster', 'postmaster.pid')) && waited < 10_000; waited += 20) await delay(20);
      rmSync(home, { recursive: true, force: true });
    }
  }
  const kafka = join(directory, 'kafka.json');
  if (existsSync(kafka)) {
    const { pid } = JSON.parse(readFileSync(kafka, 'utf8')) as { pid?: number };
    for (let waited = 0; pid !== undefined && isThere(pid) && waited < 10_000; waited += 20) await delay(20);
  }
  rmSync(directory, { recursive: true, force: true });
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

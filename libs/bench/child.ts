import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Done, Job } from './jobs/job.js';
import type { JobName, JobOf } from './jobs/index.js';

type InputOf<Name extends JobName> = JobOf<Name> extends Job<infer Input, object> ? Input : never;
type OutputOf<Name extends JobName> = JobOf<Name> extends Job<never, infer Output> ? Output : never;

/** What is heard from a job on its way; what is answered lets it go on. */
type OnTold = (message: object) => Promise<void>;

/** Does a job in a process of its own, as the platform's processes are run: with whatever Node gives it. */
export async function run<Name extends JobName>(name: Name, input: InputOf<Name>, onTold?: OnTold): Promise<Done<OutputOf<Name>>> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'job.process.js'), name], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.write(`${JSON.stringify(input)}\n`);
  let done: Done<OutputOf<Name>> | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    const { kind, message } = JSON.parse(line) as { kind: 'told' | 'done'; message: object };
    if (kind === 'done') done = message as Done<OutputOf<Name>>;
    else {
      await onTold?.(message);
      child.stdin.write('go on\n');
    }
  }
  if (done === undefined) throw new Error(`${name} ended without a result`);
  return done;
}

/** A job that serves while something else is done. */
export async function beside<Name extends JobName, T>(name: Name, input: InputOf<Name>, work: (told: object) => Promise<T>): Promise<T> {
  let result: { value: T } | undefined;
  await run(name, input, async (told) => {
    result = { value: await work(told) };
  });
  if (result === undefined) throw new Error(`${name} never served`);
  return result.value;
}

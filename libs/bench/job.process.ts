import { createInterface } from 'node:readline';
import type { Job, Parent } from './jobs/job.js';
import type { JobName } from './jobs/index.js';
import { jobs } from './jobs/index.js';

// Started by child.ts with the name of a job, and its input as the first line of stdin; says on stdout, a line each, what
// the job tells and gives.

const say = (kind: 'told' | 'done', message: object): boolean => process.stdout.write(`${JSON.stringify({ kind, message })}\n`);

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const parent: Parent = {
  tell: (message) => say('told', message),
  async goOn() {
    await lines.next();
  },
};
const job = (await jobs[process.argv[2] as JobName]()) as Job<unknown, object>;
const input = await lines.next();
const done = await job(JSON.parse(String(input.value)), parent);
say('done', { ...done, peakMiB: process.resourceUsage().maxRSS / 1024 });
process.exit(0);

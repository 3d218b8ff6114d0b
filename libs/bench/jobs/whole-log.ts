import { verifyLog } from '@touchline/audit/verify-log.js';
import type { Platform } from '@touchline/platform';
import { withPlatform } from '../data/open.js';
import type { Job } from './job.js';

interface OverLog {
  url: string;
}

interface Walked {
  events: number;
  seconds: number;
}

/** Measures the work alone, not the opening. */
const timed = (url: string, work: (platform: Platform) => Promise<number>): Promise<Walked> =>
  withPlatform(url, async (platform) => {
    const began = performance.now();
    const events = await work(platform);
    return { events, seconds: (performance.now() - began) / 1000 };
  });

/** Reads every event of the log and parses it, nothing else. */
export const readLog: Job<OverLog, Walked> = ({ url }) =>
  timed(url, async ({ store }) => {
    let events = 0;
    for await (const { data, metadata } of store.readAll()) {
      JSON.parse(data);
      JSON.parse(metadata);
      events += 1;
    }
    return events;
  });

export const verify: Job<OverLog, Walked> = ({ url }) =>
  timed(url, async ({ store, logHeads }) => {
    const verdict = await verifyLog(store, { heads: await logHeads.all(), witness: await logHeads.witness() });
    if (!verdict.holds) throw new Error(`the log does not hold: ${JSON.stringify(verdict.fault)}`);
    return verdict.events;
  });

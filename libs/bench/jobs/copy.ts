import { PostgresEventStore } from '@touchline/event-store/postgres/postgres-event-store.js';
import { Copies, copyLog } from '@touchline/moving';
import { withPlatform } from '../data/open.js';
import type { Job } from './job.js';

/** Copies a log into an empty database, as `touchline log copy` does. */
export const copy: Job<{ url: string; to: string }, { events: number; seconds: number }> = ({ url, to }) =>
  withPlatform(url, async ({ pool }) => {
    const patience = { deadlineMs: 30_000 };
    const source = await PostgresEventStore.open({ url, ...patience });
    const target = await PostgresEventStore.open({ url: to, ...patience });
    const began = performance.now();
    const verdict = await copyLog({
      source,
      target,
      copies: new Copies(pool),
      copy: { from: await source.logId(), to: await target.logId() },
    });
    const seconds = (performance.now() - began) / 1000;
    await source.close();
    await target.close();
    if (verdict.difference !== null || verdict.behind) throw new Error(`it is no copy: ${JSON.stringify(verdict)}`);
    return { events: verdict.equal, seconds };
  });

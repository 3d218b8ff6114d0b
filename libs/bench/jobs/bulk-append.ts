import type { Position } from '@touchline/core';
import type { StoredEvent } from '@touchline/event-store';
import { PostgresEventStore } from '@touchline/event-store/postgres/postgres-event-store.js';
import type { Job } from './job.js';

export interface BulkInput {
  /** Events after that place are read here … */
  from: string;
  after: Position | null;
  /** … and appended there. */
  to: string;
}

const READ_AT_ONCE = 20_000;
const APPENDS_AT_ONCE = 512;

/** Appends events that another log holds, those that follow each other in one stream together; counts the appending alone. */
export const bulkAppend: Job<BulkInput, { events: number; seconds: number; last: Position | null }> = async ({ from, to, after }) => {
  const source = await PostgresEventStore.open({ url: from });
  const target = await PostgresEventStore.open({ url: to });
  let [events, seconds, last] = [0, 0, after];
  for (;;) {
    const read: StoredEvent[] = [];
    for await (const event of source.readAll({ after: last, limit: READ_AT_ONCE })) read.push(event);
    const newest = read.at(-1);
    if (newest === undefined) break;
    last = newest.position;
    events += read.length;
    const began = performance.now();
    await appendAll(target, runsOf(read));
    seconds += (performance.now() - began) / 1000;
  }
  await source.close();
  await target.close();
  return { events, seconds, last };
};

function runsOf(events: readonly StoredEvent[]): StoredEvent[][] {
  const runs: StoredEvent[][] = [];
  for (const event of events) {
    const run = runs.at(-1);
    if (run?.[0]?.stream === event.stream) run.push(event);
    else runs.push([event]);
  }
  return runs;
}

/** In order, many on their way at once. */
async function appendAll(store: PostgresEventStore, runs: readonly StoredEvent[][]): Promise<void> {
  for (let first = 0; first < runs.length; first += APPENDS_AT_ONCE)
    await Promise.all(
      runs.slice(first, first + APPENDS_AT_ONCE).map((run) => {
        const revision = run[0]?.revision ?? 0;
        return store.append(run[0]?.stream ?? '', revision === 0 ? 'no-stream' : revision - 1, run);
      }),
    );
}

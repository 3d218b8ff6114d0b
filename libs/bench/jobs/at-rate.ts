import { setTimeout as delay } from 'node:timers/promises';

const WARMING_UP = 0.3;

/** Begins something so many times a second, whatever the last takes, for so long after warming up for a share of that time. */
export async function atRate<T>(perSecond: number, seconds: number, work: (n: number) => Promise<T>): Promise<T[]> {
  const count = Math.ceil(seconds * perSecond);
  const first = -Math.ceil(count * WARMING_UP);
  const began = performance.now();
  const all: Promise<T>[] = [];
  for (let n = first; n < count; n++) {
    await delay(Math.max(0, began + ((n - first) * 1000) / perSecond - performance.now()));
    const done = work(n);
    done.catch(() => undefined);
    if (n >= 0) all.push(done);
  }
  return Promise.all(all);
}

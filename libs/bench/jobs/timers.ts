import { randomUUID } from 'node:crypto';
import { instantAfter } from '@touchline/core';
import { createPool } from '@touchline/postgres';
import { AlarmWorld, START, streamOf } from '@touchline/timers/testing/alarm-world.js';
import { makeTables } from '@touchline/timers/testing/alarm-tables.js';
import type { Job } from './job.js';

/** As many as a process fires side by side. */
const AT_ONCE = 8;
const LOOKS_EVERY_MS = 20;

interface TimersRun {
  url: string;
  /** Fired by their timers, or the same commands sent without any. */
  what: 'fired' | 'by-hand';
  timers: number;
}

/** Rings so many alarms, each of a stream of its own, on an empty database. */
export const timers: Job<TimersRun, { perSecond: number }> = async ({ url, what, timers: count }) => {
  const pool = createPool({ url, applicationName: 'bench', max: 1 });
  await makeTables(pool, url);
  await pool.end();
  const now = instantAfter(START, count);
  const world = await AlarmWorld.open(url, 'bench', { now: () => Promise.resolve(now) });
  const left = Array.from({ length: count }, (_, index) => index);
  await sideBySide(left, 32, (index) => world.say(`a${index}`, 'alarm-set', { name: 'a', at: instantAfter(START, index) }));
  world.project(1_000);
  while (!(await world.caughtUp())) await new Promise((resolve) => setTimeout(resolve, LOOKS_EVERY_MS));
  const began = performance.now();
  if (what === 'by-hand') await byHand(world, count);
  else {
    world.fire({ everyMs: LOOKS_EVERY_MS });
    // Each is a command that was answered; how far rows and claims are by then is not waited for.
    while (world.sent.length < count) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const perSecond = (count * 1_000) / (performance.now() - began);
  await world.close();
  return { perSecond };
};

const byHand = (world: AlarmWorld, count: number): Promise<void> =>
  sideBySide(
    Array.from({ length: count }, (_, index) => index),
    AT_ONCE,
    async (index) => {
      const commandId = randomUUID();
      const actor = { kind: 'system', id: 'bench' } as const;
      const request = { tenant: 'dongfang', actor, commandId, requestHash: commandId, correlationId: commandId, causationId: commandId };
      await world.run(streamOf(`a${index}`), { kind: 'ring', name: 'a' }, request);
    },
  );

async function sideBySide(left: number[], atOnce: number, work: (index: number) => Promise<unknown>): Promise<void> {
  const loop = async (): Promise<void> => {
    for (let index = left.pop(); index !== undefined; index = left.pop()) await work(index);
  };
  await Promise.all(Array.from({ length: atOnce }, loop));
}

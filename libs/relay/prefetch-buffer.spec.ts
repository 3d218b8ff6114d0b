import type { EventEmitter } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { asPosition } from '@touchline/core';
import { PrefetchBuffer } from './prefetch-buffer.js';
import type { RecordBatch } from './record-builder.js';

const stretch = (n: number, events = 1): RecordBatch => ({
  ...{ records: [], heads: new Map(), traced: new Map() },
  events,
  end: { position: asPosition(String(n).padStart(20, '0')), id: `e${n}` },
});

/** Hands out so many stretches, and tells how many were asked for. */
function sourceOf(stretches: readonly RecordBatch[], failure?: Error) {
  const asked = { count: 0 };
  async function* source(): AsyncGenerator<RecordBatch> {
    for (const each of stretches) {
      asked.count += 1;
      yield each;
    }
    if (failure !== undefined) throw failure;
  }
  return { asked, source: source() };
}

async function* forEver(): AsyncGenerator<RecordBatch> {
  await new Promise(() => undefined);
  yield stretch(1);
}

async function settled(): Promise<void> {
  for (let n = 0; n < 20; n++) await turn();
}

describe('what is worked out ahead', () => {
  it('is taken as one, up to the last of it', async () => {
    const { source } = sourceOf([stretch(1), stretch(2), stretch(3)]);
    const ahead = new PrefetchBuffer(source, 100);
    await settled();
    await ahead.ready();
    expect(ahead.take()).toEqual(stretch(3, 3));
    await ahead.ready();
    expect(ahead.take()).toBeNull();
  });

  it('goes no further while as much is waiting as may, and gives no more at once', async () => {
    const { asked, source } = sourceOf([stretch(1, 2), stretch(2, 1), stretch(3, 2), stretch(4, 2)]);
    const ahead = new PrefetchBuffer(source, 3);
    await settled();
    expect(asked.count).toBe(2);
    expect(ahead.take()).toEqual(stretch(2, 3));
    await settled();
    expect(asked.count).toBe(4);
    expect(ahead.take()).toEqual(stretch(3, 2));
    expect(ahead.take()).toEqual(stretch(4, 2));
  });

  it('tells when as much is waiting as is taken at most, or nothing more will come, and not before', async () => {
    const { source } = sourceOf([stretch(1, 2), stretch(2, 1), stretch(3, 2)]);
    const ahead = new PrefetchBuffer(source, 3);
    const never = new AbortController();
    await ahead.filled(never.signal);
    expect(ahead.take()).toEqual(stretch(2, 3));
    await ahead.filled(never.signal);
    expect(ahead.take()).toEqual(stretch(3, 2));
  });

  it('can be waited for no longer, which leaves nothing behind', async () => {
    const ahead = new PrefetchBuffer(forEver(), 3);
    const { change } = ahead as unknown as { change: EventEmitter };
    for (let times = 0; times < 50; times += 1) {
      const early = new AbortController();
      const waiting = ahead.filled(early.signal);
      early.abort();
      await waiting;
    }
    expect(change.listenerCount('change')).toBe(0);
  });

  it('fails after all that came before the failure', async () => {
    const { source } = sourceOf([stretch(1)], new Error('event.failed'));
    const ahead = new PrefetchBuffer(source, 100);
    await settled();
    await ahead.ready();
    expect(ahead.take()).toEqual(stretch(1));
    await expect(ahead.ready()).rejects.toThrow('event.failed');
  });

  it('hands out nothing once it was closed', async () => {
    const { asked, source } = sourceOf([stretch(1), stretch(2), stretch(3)]);
    const ahead = new PrefetchBuffer(source, 1);
    await settled();
    ahead.close();
    await ahead.ready();
    expect(ahead.take()).toBeNull();
    expect(asked.count).toBeLessThan(3);
  });
});

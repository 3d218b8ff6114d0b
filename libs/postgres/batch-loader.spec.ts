import { describe, expect, it } from '@jest/globals';
import { BatchLoader } from './batch-loader.js';

/** Answers every question with itself, once it is let go; notes which came together. */
function slow(options: { maxConcurrent: number; maxBatchSize: number }) {
  const calls: number[][] = [];
  const ends: (() => void)[] = [];
  const loader = new BatchLoader<number, number>(async (questions) => {
    calls.push([...questions]);
    await new Promise<void>((resolve) => ends.push(resolve));
    if (questions.includes(13)) throw new Error('unlucky');
    return questions;
  }, options);
  return { calls, end: () => ends.shift()?.(), ask: (n: number) => loader.load(n) };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('questions that go together', () => {
  it('go at once where none is under way, those of one turn together', async () => {
    const { calls, end, ask } = slow({ maxConcurrent: 1, maxBatchSize: 10 });
    const answers = Promise.all([ask(1), ask(2)]);
    await turn();
    expect(calls).toEqual([[1, 2]]);
    end();
    expect(await answers).toEqual([1, 2]);
  });

  it('wait for a call that is under way, and no more of them go than may', async () => {
    const { calls, end, ask } = slow({ maxConcurrent: 1, maxBatchSize: 2 });
    const answers = [ask(1)];
    await turn();
    answers.push(ask(2), ask(3), ask(4));
    await turn();
    expect(calls).toEqual([[1]]);
    end();
    await turn();
    expect(calls).toEqual([[1], [2, 3]]);
    end();
    await turn();
    end();
    expect(await Promise.all(answers)).toEqual([1, 2, 3, 4]);
    expect(calls).toEqual([[1], [2, 3], [4]]);
  });

  it('fail together, and the next are asked all the same', async () => {
    const { end, ask } = slow({ maxConcurrent: 1, maxBatchSize: 2 });
    const failing = Promise.allSettled([ask(12), ask(13)]);
    const after = ask(14);
    await turn();
    end();
    expect((await failing).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await turn();
    end();
    expect(await after).toBe(14);
  });
});

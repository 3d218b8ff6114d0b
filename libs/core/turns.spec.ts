import { describe, expect, it } from '@jest/globals';
import { Turns } from './turns.js';

describe('turns', () => {
  it('are taken by so many at a time, in the order in which they came', async () => {
    const turns = new Turns(2);
    const [begun, ends]: [number[], (() => void)[]] = [[], []];
    const all = [0, 1, 2, 3].map((each) =>
      turns.take(() => {
        begun.push(each);
        return new Promise<void>((resolve) => (ends[each] = resolve));
      }),
    );
    expect(begun).toEqual([0, 1]);
    ends[1]?.();
    await all[1];
    expect(begun).toEqual([0, 1, 2]);
    ends[0]?.();
    ends[2]?.();
    await Promise.all([all[0], all[2]]);
    expect(begun).toEqual([0, 1, 2, 3]);
    ends[3]?.();
    await Promise.all(all);
  });

  it('are not waited for any more by those whom nobody waits for', async () => {
    const turns = new Turns(1);
    let end = (): void => undefined;
    const first = turns.take(() => new Promise<void>((resolve) => (end = resolve)));
    const gone = new AbortController();
    const begun: string[] = [];
    const work = (name: string) => () => Promise.resolve(void begun.push(name));
    const left = turns.take(work('left'), gone.signal);
    const next = turns.take(work('next'));
    expect(turns.queue).toBe(2);
    gone.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    expect(turns.queue).toBe(1);
    await expect(turns.take(work('late'), gone.signal)).rejects.toThrow('gone');
    end();
    await Promise.all([first, next]);
    expect(begun).toEqual(['next']);
    expect(turns.queue).toBeNull();
  });

  it('are handed on by those who fail, and free when all have ended', async () => {
    const turns = new Turns(1);
    const failed = turns.take(() => Promise.reject(new Error('no')));
    const next = turns.take(() => Promise.resolve('done'));
    await expect(failed).rejects.toThrow('no');
    expect(await next).toBe('done');
    expect(await turns.take(() => Promise.resolve('again'))).toBe('again');
  });
});

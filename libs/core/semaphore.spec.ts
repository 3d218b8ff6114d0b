import { describe, expect, it } from '@jest/globals';
import { Semaphore } from './semaphore.js';

describe('a semaphore', () => {
  it('are taken by so many at a time, in the order in which they came', async () => {
    const semaphore = new Semaphore(2);
    const [begun, ends]: [number[], (() => void)[]] = [[], []];
    const all = [0, 1, 2, 3].map((each) =>
      semaphore.run(() => {
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
    const semaphore = new Semaphore(1);
    let end = (): void => undefined;
    const first = semaphore.run(() => new Promise<void>((resolve) => (end = resolve)));
    const gone = new AbortController();
    const begun: string[] = [];
    const work = (name: string) => () => Promise.resolve(void begun.push(name));
    const left = semaphore.run(work('left'), gone.signal);
    const next = semaphore.run(work('next'));
    expect(semaphore.queue).toBe(2);
    gone.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    expect(semaphore.queue).toBe(1);
    await expect(semaphore.run(work('late'), gone.signal)).rejects.toThrow('gone');
    end();
    await Promise.all([first, next]);
    expect(begun).toEqual(['next']);
    expect(semaphore.queue).toBeNull();
  });

  it('are handed on by those who fail, and free when all have ended', async () => {
    const semaphore = new Semaphore(1);
    const failed = semaphore.run(() => Promise.reject(new Error('no')));
    const next = semaphore.run(() => Promise.resolve('done'));
    await expect(failed).rejects.toThrow('no');
    expect(await next).toBe('done');
    expect(await semaphore.run(() => Promise.resolve('again'))).toBe('again');
  });
});

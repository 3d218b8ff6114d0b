import { describe, expect, it } from '@jest/globals';
import { BoundedSemaphore } from './bounded-semaphore.js';

describe('a bounded semaphore', () => {
  /** Work that ends when it is told to. */
  function work(): { run: () => Promise<string>; end: (error?: Error) => void; begun: () => boolean } {
    let end: (error?: Error) => void = () => undefined;
    const ended = new Promise<string>((resolve, reject) => {
      end = (error) => (error === undefined ? resolve('done') : reject(error));
    });
    let begun = false;
    const run = (): Promise<string> => {
      begun = true;
      return ended;
    };
    return { run, end: (error) => end(error), begun: () => begun };
  }
  const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('lets some work, has some wait in line, and sends the rest away', async () => {
    const semaphore = new BoundedSemaphore(2, 1);
    const [one, two, three] = [work(), work(), work()];
    const taken = [one, two, three].map(({ run }) => semaphore.run(run));
    await expect(semaphore.run(work().run)).rejects.toMatchObject({ status: 503, code: 'replay.busy' });
    expect([one, two, three].map(({ begun }) => begun())).toEqual([true, true, false]);
    one.end();
    await soon();
    expect(three.begun()).toBe(true);
    two.end();
    three.end();
    expect(await Promise.all(taken)).toEqual(['done', 'done', 'done']);
  });

  it('hands on the turn of work that fails', async () => {
    const semaphore = new BoundedSemaphore(1, 1);
    const [one, two] = [work(), work()];
    const failing = semaphore.run(one.run);
    const waiting = semaphore.run(two.run);
    one.end(new Error('broken'));
    await expect(failing).rejects.toThrow('broken');
    two.end();
    expect(await waiting).toBe('done');
    expect(await semaphore.run(() => Promise.resolve('again'))).toBe('again');
  });
});

import { describe, expect, it } from '@jest/globals';
import { BestEffort } from './best-effort.js';

describe('a best effort', () => {
  it('reports the first of failures in a row, and the next row again; nobody who waits for it fails', async () => {
    const reported: unknown[] = [];
    const effort = new BestEffort((error) => reported.push(error));
    const fails = (text: string) => () => Promise.reject(new Error(text));
    await effort.run(fails('one'));
    await effort.run(fails('two'));
    expect(reported).toEqual([new Error('one')]);
    await effort.run(() => Promise.resolve());
    await effort.run(fails('three'));
    expect(reported).toEqual([new Error('one'), new Error('three')]);
  });
});

import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readIfThere } from './read-if-there.js';
import { renameUnlessThere } from './rename-unless-there.js';

describe('a file that', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'touchline-files-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('is not there reads as none, one that cannot be read fails', async () => {
    await writeFile(join(folder, 'text'), 'some');
    expect(await readIfThere(join(folder, 'text'))).toBe('some');
    expect(await readIfThere(join(folder, 'none'))).toBeNull();
    await expect(readIfThere(folder)).rejects.toThrow('EISDIR');
  });

  it('another process named first makes way for it; one that cannot be named at all fails', async () => {
    for (const name of ['mine', 'theirs', 'lost']) {
      await mkdir(join(folder, name));
      await writeFile(join(folder, name, name), '');
    }
    await renameUnlessThere(join(folder, 'mine'), join(folder, 'theirs'));
    expect([await readdir(join(folder, 'theirs')), (await readdir(folder)).includes('mine')]).toEqual([['theirs'], false]);
    await expect(renameUnlessThere(join(folder, 'lost'), join(folder, 'nowhere', 'lost'))).rejects.toThrow('ENOENT');
  });
});

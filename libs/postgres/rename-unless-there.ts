import { rename, rm } from 'node:fs/promises';

/** The folder there has something in it already: another process was first. */
const THERE = new Set(['EEXIST', 'ENOTEMPTY']);

/** Gives a finished folder its name; where another has it by now, this one goes. */
export async function renameUnlessThere(partial: string, target: string): Promise<void> {
  try {
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    if (!THERE.has(String((error as NodeJS.ErrnoException).code))) throw error;
  }
}

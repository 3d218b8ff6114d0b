import { readFile } from 'node:fs/promises';

/** ENOENT: no such file; ESRCH: the process whose file it was has ended. */
const NOT_THERE = new Set(['ENOENT', 'ESRCH']);

/** The text of a file; null where there is none. One that may not be read is a fault, and not the same as none. */
export const readIfThere = (path: string): Promise<string | null> =>
  readFile(path, 'utf8').catch((error: unknown) => {
    if (NOT_THERE.has(String((error as NodeJS.ErrnoException).code))) return null;
    throw error;
  });

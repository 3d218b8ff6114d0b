import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { runningPostmaster } from './embedded-server.js';
import { readIfThere } from './read-if-there.js';

/** Connection URL of the embedded server that another process runs on this data; null where none is ready. Changes nothing. */
export async function runningEmbeddedUrl(dataDir: string, database: string): Promise<string | null> {
  const wanted = resolve(dataDir);
  // See `serverHome`.
  const home = ((await readIfThere(join(wanted, 'location'))) ?? wanted).trim();
  const postmaster = await runningPostmaster(join(home, 'cluster'));
  if (postmaster?.status !== 'ready') return null;
  const password = (await readFile(join(home, 'password'), 'utf8')).trim();
  return `postgresql://postgres:${password}@127.0.0.1:${postmaster.port}/${encodeURIComponent(database)}`;
}

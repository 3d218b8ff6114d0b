import { execFile } from 'node:child_process';
import { access, chown, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedPostgresError } from './embedded-error.js';
import { readIfThere } from './read-if-there.js';

const run = promisify(execFile);

/** Whom the server's processes run as; empty for the user we are. Spread into spawn options. */
export interface ServerAccount {
  uid?: number;
  gid?: number;
}

/** Postgres refuses to run as root: root hands the server to the user `postgres`, made here where it is missing. */
export async function serverAccount(): Promise<ServerAccount> {
  if (process.getuid?.() !== 0) return {};
  const existing = await postgresUser();
  if (existing !== null) return existing;
  const created = await run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres']).then(
    () => null,
    (error: unknown) => error,
  );
  // Another start may have made it in between, so the look is what counts.
  const account = await postgresUser();
  if (account !== null) return account;
  throw new EmbeddedPostgresError(
    'Postgres cannot run as root, and the user "postgres" to run it as could not be created. Create that user, start as another one, or set DATABASE_URL.',
    { cause: created },
  );
}

async function postgresUser(): Promise<ServerAccount | null> {
  try {
    const idOf = async (flag: string): Promise<number> => Number((await run('id', [flag, 'postgres'])).stdout);
    return { uid: await idOf('-u'), gid: await idOf('-g') };
  } catch {
    return null;
  }
}

/** Runs a program as the server's user. True where it ended well; false also where the user may not even start it. */
export const succeedsAs = (account: ServerAccount, file: string, args: string[]): Promise<boolean> =>
  run(file, args, { ...account, cwd: '/' }).then(
    () => true,
    () => false,
  );

/**
 * The folder that holds cluster, password and log: `dataDir` itself, or, where the server's user cannot get there
 * (root's clone below a 0700 folder), a new folder `/var/lib/touchline-…`. The choice is kept in `dataDir/location`, so
 * that moving the clone does not lose the data, and whoever removes `dataDir` starts with an empty database.
 */
export async function serverHome(dataDir: string, account: ServerAccount): Promise<string> {
  const wanted = resolve(dataDir);
  await mkdir(wanted, { recursive: true, mode: 0o700 });
  const pointer = join(wanted, 'location');
  const moved = await readIfThere(pointer);
  if (moved !== null) return ownedFolder(moved.trim(), account);
  await ownedFolder(wanted, account);
  if (await succeedsAs(account, '/bin/sh', ['-c', 'cd "$1" && [ -w . ]', 'sh', wanted])) return wanted;
  if (await exists(join(wanted, 'cluster'))) {
    // Going elsewhere now would look like an empty database.
    throw new EmbeddedPostgresError(`The server's user can no longer enter ${wanted}, where its data lies. Check the folders above it.`);
  }
  const elsewhere = await mkdtemp('/var/lib/touchline-');
  // Of two starts at once the first one's choice holds.
  await writeFile(pointer, `${elsewhere}\n`, { flag: 'wx' }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  });
  return ownedFolder((await readFile(pointer, 'utf8')).trim(), account);
}

async function ownedFolder(path: string, { uid, gid }: ServerAccount): Promise<string> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  if (uid !== undefined && gid !== undefined) await chown(path, uid, gid);
  return path;
}

export const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

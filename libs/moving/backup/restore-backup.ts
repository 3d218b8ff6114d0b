import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { from as copyFrom } from 'pg-copy-streams';
import type { Pool, PoolClient } from 'pg';
import type { SigningKeys } from '@touchline/audit/heads/head.js';
import { inTransaction } from '@touchline/postgres';
import type { ErasureEntry, MasterKeyVersion } from '@touchline/sealing';
import { assertOpens, assertSecrets, eraseAgain } from '@touchline/sealing';
import { runningProcesses } from '../running-processes.js';
import type { Definitions } from './catalog.js';
import { ownSchemas } from './catalog.js';
import { checkFile, linesOf, readFileOf } from './files.js';
import type { BackedUpFile, Manifest } from './manifest.js';
import { UnusableBackup, readManifest } from './manifest.js';

export interface RestoreOptions {
  pool: Pool;
  folder: string;
  keys: SigningKeys;
  secrets: { masterKeys: readonly MasterKeyVersion[]; identityHmacSecret: string };
  /** Who was erased since the backup was made. */
  erasures: AsyncIterable<ErasureEntry>;
  /** What the database holds of a platform is dropped first, in the same transaction. */
  replace?: boolean;
  /** Take a backup that was signed with a key that is lost. */
  anySignature?: boolean;
  onProgress?: (what: 'checking' | 'restoring', read: number, of: number) => void;
}

export interface Restored {
  manifest: Manifest;
  /** Keys that the backup held, or would have let be made, and that were destroyed again; and erasures the log is told of anew. */
  erased: { keys: number; told: number };
}

/** The database is not one that may be restored into. */
export class RestoreRefused extends Error {
  override readonly name = 'RestoreRefused';
}

/**
 * Puts a backup back into an empty database: all of it in one transaction, or nothing, so that it can be killed at any moment
 * and begun again. Before the first row is written every file is held against the manifest; before the commit the secrets of
 * the settings have opened what was restored, and whoever was erased since is erased again.
 * @throws UnusableBackup | RestoreRefused | WrongSecret
 */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const { pool, folder, secrets, onProgress } = options;
  const manifest = await checkBackup(options);
  const erased = await inTransaction(pool, async (client) => {
    await makeRoom(client, options.replace ?? false);
    const { before, after } = await definitions(folder, manifest);
    // Functions name tables that come later.
    await client.query(`set local check_function_bodies = off; set local search_path = ''; set local maintenance_work_mem = '256MB'`);
    for (const line of before) await client.query(line);
    let read = 0;
    for (const table of manifest.tables) {
      const rows = client.query(copyFrom(`copy ${table.table} (${table.columns}) from stdin`));
      await readFileOf(folder, table, rows, (bytes) => onProgress?.('restoring', (read += bytes), sizeOf(manifest)));
      if (rows.rowCount !== table.rows) throw new UnusableBackup(`${table.file} held ${rows.rowCount} rows, not ${table.rows}`);
    }
    for (const line of after) await client.query(line);
    await client.query('reset search_path');
    await assertSecrets(client, secrets);
    await assertOpens(client, secrets.masterKeys);
    return eraseAgain(client, options.erasures, { tellAll: false });
  });
  // The planner knows nothing of tables that were just filled.
  for (const { table } of manifest.tables) await pool.query(`analyze ${table}`);
  return { manifest, erased };
}

/** Holds every file against the manifest. @throws UnusableBackup */
export async function checkBackup({
  folder,
  keys,
  anySignature = false,
  onProgress,
}: Pick<RestoreOptions, 'folder' | 'keys' | 'anySignature' | 'onProgress'>): Promise<Manifest> {
  const text = await readFile(join(folder, 'manifest.json'), 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new UnusableBackup(`${folder} holds no manifest: it is no backup, or one that was cut short`);
  });
  const manifest = readManifest(text, keys, { anySignature });
  let read = 0;
  for (const file of filesOf(manifest))
    await checkFile(folder, file, (bytes) => onProgress?.('checking', (read += bytes), sizeOf(manifest)));
  return manifest;
}

/** Who had been erased when a backup was made. */
export async function* erasuresIn(folder: string, { erasures }: Manifest): AsyncGenerator<ErasureEntry> {
  for await (const line of linesOf(folder, erasures)) yield JSON.parse(line) as ErasureEntry;
}

const filesOf = ({ schema, erasures, tables }: Manifest): BackedUpFile[] => [schema, erasures, ...tables];
const sizeOf = (manifest: Manifest): number => filesOf(manifest).reduce((sum, { bytes }) => sum + bytes, 0);

async function definitions(folder: string, { schema }: Manifest): Promise<Definitions> {
  for await (const line of linesOf(folder, schema)) return JSON.parse(line) as Definitions;
  throw new UnusableBackup(`${schema.file} is empty`);
}

const THERE = `
  select nspname as schema from pg_namespace n
  where nspname not like 'pg\\_%' and nspname <> 'information_schema'
    and (nspname <> 'public' or exists (select from pg_class where relnamespace = n.oid))
  order by 1`;

async function makeRoom(client: PoolClient, replace: boolean): Promise<void> {
  const { rows } = await client.query<{ schema: string }>(THERE);
  if (rows.length === 0) return;
  if (!replace) throw new RestoreRefused(`the database is not empty: it has ${rows.map(({ schema }) => schema).join(', ')}`);
  const running = await runningProcesses(client);
  if (running.length > 0) throw new RestoreRefused(`stop every process of the platform first: ${running.join('; ')}`);
  for (const schema of await ownSchemas(client)) await client.query(`drop schema ${schema} cascade`);
}

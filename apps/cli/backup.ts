import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { SigningKeys } from '@touchline/audit/heads/head.js';
import type { Settings } from '@touchline/config';
import type { Position } from '@touchline/core';
import { Checkpoints, isOfThisLog } from '@touchline/subscriptions';
import type { Manifest, RestoreOptions } from '@touchline/moving';
import { checkBackup, erasuresIn, makeBackup, restoreBackup } from '@touchline/moving';
import { openLog } from '@touchline/platform/open-log.js';
import { ensureDatabase } from '@touchline/postgres';
import type { ErasureEntry } from '@touchline/sealing';
import type { Pool } from 'pg';
import { readLedger } from './erasures.js';
import { EXIT } from './exit.js';
import { withDatabase } from './platform.js';
import { shareBar } from './progress.js';

const BACKUP_HELP = `
What it does:
  Writes log, keys, checkpoints, rows, signed heads, credentials and all else that the platform keeps in Postgres to a new
  folder, as they stood at one moment; the platform may run. The folder appears once it is whole. It holds no name in
  clear, and neither MASTER_KEYS nor any other secret of the settings: keep those too, elsewhere.
  With EVENTSTORE_URL the log is not in it: docs/runbooks/backup-and-restore.md says in which order to do what.

Exit codes:
  0  done                             1  failed on the way
  2  the folder is there already, or the settings cannot be used`;

const RESTORE_HELP = `
What it does:
  Holds every file of the backup against its signed manifest, then puts it back into the database of the settings, which must
  be empty or not there: all in one transaction, or nothing. The secrets of the settings must open what is restored.

  Whoever was erased after the backup was made would be there again. So give --erasures: what touchline erasures export
  wrote last, or a newer backup; their keys are destroyed before anything can be read. --no-later-erasures says that
  there were none.

Exit codes:
  0  done                             1  failed on the way; nothing was restored
  2  the backup, the database or the settings cannot be used; nothing was restored`;

interface RestoreArguments {
  from: string;
  erasures?: string;
  laterErasures: boolean;
  replace?: boolean;
  anySignature?: boolean;
  quiet?: boolean;
}

/** Neither who was erased since, nor that nobody was. */
export class ErasuresNotSaid extends Error {
  override readonly name = 'ErasuresNotSaid';
  constructor() {
    super('give --erasures, or say with --no-later-erasures that nobody was erased since the backup was made');
  }
}

export function addBackup(program: Command): void {
  program
    .command('backup')
    .summary('log, keys, checkpoints and all else, as of one moment')
    .description('Backs up the platform as it stands at one moment.')
    .requiredOption('--to <folder>', 'a new folder')
    .option('--quiet', 'no progress on stderr')
    .addHelpText('after', BACKUP_HELP)
    .action(async ({ to, quiet = false }: { to: string; quiet?: boolean }) => {
      const manifest = await withDatabase(({ settings, pool }) => backup(settings, pool, resolve(to), quiet));
      process.stdout.write(manifestText(manifest));
      process.exitCode = EXIT.done;
    });
  program
    .command('restore')
    .summary('put a backup back')
    .description('Puts a backup back into an empty database.')
    .requiredOption('--from <folder>', 'the backup')
    .option('--erasures <file or backup>', 'whoever was erased since it was made')
    .option('--no-later-erasures', 'nobody was erased since it was made')
    .option('--replace', 'drop first what the database holds of a platform')
    .option('--any-signature', 'take a backup that was signed with a key that is lost')
    .option('--quiet', 'no progress on stderr')
    .addHelpText('after', RESTORE_HELP)
    .action(async (options: RestoreArguments) => {
      process.exitCode = await restore(options);
    });
}

async function backup(settings: Settings, pool: Pool, folder: string, quiet: boolean): Promise<Manifest> {
  const bar = shareBar(process.stderr, quiet);
  const keys = new SigningKeys(settings.secrets.logSigningKeys);
  const otherLog = settings.store.eventStoreUrl === undefined ? undefined : await standOf(settings);
  return makeBackup({
    ...{ pool, folder, keys, madeAt: new Date().toISOString() },
    ...(otherLog && { otherLog }),
    onProgress: (read, of) => bar.reach('backing up', read, of),
  }).finally(() => bar.end());
}

async function standOf({ store }: Settings): Promise<{ id: string; head: Position | null }> {
  const log = await openLog(store, {});
  try {
    return { id: await log.logId(), head: await log.head() };
  } finally {
    await log.close();
  }
}

async function restore({
  from,
  erasures,
  laterErasures,
  replace = false,
  anySignature = false,
  quiet = false,
}: RestoreArguments): Promise<number> {
  if (erasures === undefined && laterErasures) throw new ErasuresNotSaid();
  const bar = shareBar(process.stderr, quiet);
  const [{ manifest, erased }, beyond] = await withDatabase(async ({ settings, pool }) => {
    const keys = new SigningKeys(settings.secrets.logSigningKeys);
    await ensureDatabase(settings.store.databaseUrl);
    const options: RestoreOptions = {
      ...{ pool, keys, secrets: settings.secrets, folder: from, replace, anySignature },
      erasures: await ledgerAt(erasures, keys, anySignature),
      onProgress: (what, read, of) => bar.reach(what, read, of),
    };
    const restored = await restoreBackup(options);
    return [restored, await readersBeyond(settings, pool)] as const;
  }).finally(() => bar.end());
  process.stdout.write(manifestText(manifest));
  process.stdout.write(`${erased.keys} keys destroyed again; the log will be told of ${erased.told} erasures\n`);
  for (const name of beyond) process.stdout.write(`${name} stands at an event that the log does not hold: rebuild it\n`);
  process.stdout.write('Restored.\n');
  return EXIT.done;
}

/** A ledger, or a newer backup, which has one. */
async function ledgerAt(path: string | undefined, keys: SigningKeys, anySignature: boolean): Promise<AsyncIterable<ErasureEntry>> {
  if (path === undefined) return readLedger(null);
  if (!(await stat(path)).isDirectory()) return readLedger(path);
  return erasuresIn(path, await checkBackup({ folder: path, keys, anySignature }));
}

/** Readers that had come further than the log reaches, where that is on a server of its own. */
async function readersBeyond({ store }: Settings, pool: Pool): Promise<string[]> {
  if (store.eventStoreUrl === undefined) return [];
  const log = await openLog(store, {});
  try {
    const beyond = [];
    for (const checkpoint of await new Checkpoints(pool).list()) if (!(await isOfThisLog(log, checkpoint))) beyond.push(checkpoint.name);
    return beyond;
  } finally {
    await log.close();
  }
}

function manifestText({ madeAt, log, tables, foldedAnew }: Manifest): string {
  const rows = tables.reduce((sum, each) => sum + each.rows, 0);
  const lines = [
    `Backup of ${madeAt}: ${rows} rows of ${tables.length} tables`,
    log.driver === 'postgres'
      ? `Log ${log.id}, up to position ${log.head ?? 'none'}`
      : `Without the log ${log.id}, which is on EventStoreDB`,
    ...(foldedAnew.length === 0 ? [] : [`Folded anew after a restore: ${foldedAnew.join(', ')}`]),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

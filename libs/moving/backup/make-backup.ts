import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { to as copyTo } from 'pg-copy-streams';
import type { Pool, PoolClient } from 'pg';
import type { SigningKeys } from '@touchline/audit/heads/head.js';
import type { Position } from '@touchline/core';
import { erasureLedger } from '@touchline/sealing';
import { definitionsOf, ownSchemas } from './catalog.js';
import { contentsOf } from './contents.js';
import { writeFileOf } from './files.js';
import type { BackedUpTable, Manifest } from './manifest.js';
import { FORMAT, UnusableBackup, manifestFile } from './manifest.js';

export interface BackupOptions {
  pool: Pool;
  /** A folder that is not there yet; it appears once the backup is whole. */
  folder: string;
  keys: SigningKeys;
  madeAt: string;
  /** Of a log that is not in this database; the newest event at a moment before the snapshot. */
  otherLog?: { id: string; head: Position | null };
  /** Told of bytes read, and of how many there are, about. */
  onProgress?: (read: number, of: number) => void;
}

/**
 * Writes log, keys, checkpoints, rows and all else that the platform keeps in Postgres to a folder, as they stood at one moment:
 * a single snapshot, however long it takes and whoever writes meanwhile. Memory does not grow with it.
 * @throws UnusableBackup where there is something that could not be restored
 */
export async function makeBackup(options: BackupOptions): Promise<Manifest> {
  const { pool, folder, keys } = options;
  if (
    await stat(folder).then(
      () => true,
      () => false,
    )
  )
    throw new UnusableBackup(`${folder} is there already`);
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(join(partial, 'tables'), { recursive: true, mode: 0o700 });
  const client = await pool.connect();
  try {
    await client.query('begin isolation level repeatable read, read only');
    const manifest = await writeSnapshot(client, partial, options);
    await client.query('commit');
    await writeDurably(join(partial, 'manifest.json'), manifestFile(manifest, keys));
    await rename(partial, folder);
    return manifest;
  } finally {
    // A transaction that failed ends with its connection.
    client.release(true);
  }
}

async function writeSnapshot(client: PoolClient, folder: string, { madeAt, otherLog, onProgress }: BackupOptions): Promise<Manifest> {
  const schemas = await ownSchemas(client);
  if (!schemas.includes('touchline')) throw new UnusableBackup('this database holds no platform');
  const { contents, foldedAnew } = await contentsOf(client, schemas);
  const log = otherLog === undefined ? await ownLog(client) : { ...otherLog, driver: 'eventstoredb' as const };
  const definitions = await definitionsOf(client, schemas);
  const schema = await writeFileOf(folder, 'schema.json.gz', asText([definitions]));
  const erasures = await writeFileOf(folder, 'erasures.jsonl.gz', asText(erasureLedger(client)));
  const whole = contents.reduce((sum, { size }) => sum + size, 0);
  const tables: BackedUpTable[] = [];
  let before = 0;
  for (const { table, columns, size, copy } of contents) {
    let read = 0;
    const rows = client.query(copyTo(copy));
    const written = await writeFileOf(folder, `tables/${table.replaceAll('"', '')}.copy.gz`, rows, (bytes) => {
      read += bytes;
      onProgress?.(before + Math.min(read, size), whole);
    });
    before += size;
    tables.push({ table, columns, rows: rows.rowCount, ...written });
  }
  return { format: FORMAT, madeAt, log, foldedAnew, schema, erasures, tables };
}

async function ownLog(client: PoolClient): Promise<Manifest['log']> {
  const { rows } = await client.query<{ id: string; head: Position | null }>(
    `select id::text, lpad(to_hex((select max(position) from event_log.events)), 16, '0') as head from event_log.log`,
  );
  if (rows[0] === undefined) throw new UnusableBackup('the log has lost its id: event_log.log is empty');
  return { ...rows[0], driver: 'postgres' };
}

async function* asText(values: Iterable<object> | AsyncIterable<object>): AsyncGenerator<string> {
  for await (const value of values) yield `${JSON.stringify(value)}\n`;
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

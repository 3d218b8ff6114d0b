import { hash } from 'node:crypto';
import { LocalCredentials } from '@touchline/auth';
import { userIdOf } from '@touchline/commands/user-id.js';
import { execute } from '@touchline/commands/execute.js';
import { parseStreamName } from '@touchline/core';
import { TENANT, seedDemo } from '@touchline/demo';
import { demoMetadata } from '@touchline/demo/metadata.js';
import type { Platform } from '@touchline/platform';
import { startProjector, untilCaughtUp } from '@touchline/platform';
import { projections } from '@touchline/projections';
import type { Size } from '../size.js';
import { withPlatform } from './open.js';
import type { Pattern } from './patterns.js';
import { recordPatterns } from './patterns.js';
import { SEED, writeLog } from './write-log.js';

/** Of what the functions below write; a log that another version wrote is not used again. */
export const PREPARED_VERSION = 1;
/** May record at every site. */
export const SENDER = userIdOf(TENANT, 'bench');
/** Rows of the table that plain inserts are measured on; as the log's, but with nothing except a primary key. */
export const PLAIN_TABLE = 'bench.plain_events';

const CATCHES_UP_IN_MS = 3_600_000;

/** The stories that logs are made of, told on a database of their own. */
export const preparePatterns = (databaseUrl: string): Promise<Pattern[]> =>
  withPlatform(databaseUrl, async (platform) => {
    await seedGroup(platform);
    return recordPatterns(platform);
  });

/** A log of that many events, and the table that plain inserts go to; without rows of read models. */
export async function prepareLog(
  databaseUrl: string,
  patterns: readonly Pattern[],
  size: Pick<Size, 'events' | 'longHistory'>,
): Promise<void> {
  await withPlatform(databaseUrl, async (platform) => {
    const { store, keys, sealing, settings, pool } = platform;
    await seedGroup(platform);
    await writeLog({ seed: SEED, secret: settings.secrets.identityHmacSecret, store, keys, sealing }, patterns, size);
    await pool.query(`
      create schema bench;
      create table ${PLAIN_TABLE} (
        position bigint generated always as identity primary key,
        stream text not null, revision integer not null, id uuid not null, type text not null, data text not null, metadata text not null
      );
      insert into ${PLAIN_TABLE} (stream, revision, id, type, data, metadata)
        select stream, revision, id, type, data, metadata from event_log.events order by position`);
    // Else it would be done while something is measured.
    await pool.query('vacuum analyze');
  });
}

/** Every read model of a prepared log, caught up. */
export async function prepareViews(databaseUrl: string): Promise<void> {
  await withPlatform(databaseUrl, async (platform) => {
    const projector = startProjector(platform);
    await untilCaughtUp(platform, CATCHES_UP_IN_MS);
    await projector.drain(60_000);
    const standing = (await platform.checkpoints.list()).find(({ state }) => state !== 'running');
    if (standing !== undefined) throw new Error(`${standing.name} stands still: ${standing.failure?.error ?? ''}`);
    await platform.pool.query('vacuum analyze');
  });
}

/** Changes with whatever makes rows of read models what they are. */
export const viewsVersion = (): string =>
  hash(
    'sha256',
    JSON.stringify(
      projections.map(({ projection: { name, version }, migrations }) => [name, version, migrations.map((each) => each.name)]),
    ),
  ).slice(0, 8);

/** The group of the demonstration and its stories on a log that holds nothing else; ids of journeys that are not lost. */
export const prepareGroup = (databaseUrl: string, settings: { [name: string]: string }): Promise<string[]> =>
  withPlatform(
    databaseUrl,
    async (platform) => {
      await seedGroup(platform);
      const open = new Set<string>();
      for await (const { type, stream } of platform.store.readAll()) {
        if (type === 'journey-opened') open.add(stream);
        if (type === 'journey-lost') open.delete(stream);
      }
      return [...open].flatMap((stream) => parseStreamName(stream)?.id ?? []);
    },
    settings,
  );

async function seedGroup({ services, pool }: Platform): Promise<void> {
  await seedDemo(services, new LocalCredentials(pool), 'open sesame, please');
  const sender = { login: 'bench', displayName: 'bench', roles: ['service'], sites: 'all' };
  const outcome = await execute(services, 'user-registered', sender, demoMetadata('user bench'));
  if (outcome.kind === 'refused') throw new Error(outcome.refusals.map(({ code }) => code).join(', '));
}

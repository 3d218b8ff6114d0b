import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { SigningKeys } from '@touchline/audit/heads/head.js';
import { verifyLog } from '@touchline/audit/verify-log.js';
import { loadSettings } from '@touchline/config';
import type { JsonObject } from '@touchline/core';
import { restoreBackup } from '@touchline/moving/backup/restore-backup.js';
import { forgetRows, openedOn, rowsOf } from '@touchline/moving/testing/restored.js';
import { projections } from '@touchline/projections';
import { storedEvents } from '@touchline/touchpoints/list.js';
import { PATIENT } from '@touchline/testing/patience.js';
import { useDatabase } from '@touchline/testing/postgres.js';
import { BACKUP, ROWS, SECRETS } from './backup-of-before.js';

/** Where a row's fold stands. */
const OF_THE_FOLD = ['folded_at', 'folded_position'];

describe('a log that the release before wrote', () => {
  const database = useDatabase();
  const settings = () => loadSettings({ NODE_ENV: 'test', LOG_LEVEL: 'silent', ...SECRETS, ...PATIENT, DATABASE_URL: database.url });
  let before: { [table: string]: JsonObject[] };

  beforeAll(async () => {
    before = JSON.parse(gunzipSync(await readFile(ROWS)).toString('utf8')) as typeof before;
    const { secrets } = settings();
    const keys = new SigningKeys(secrets.logSigningKeys);
    const none = { [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true as const, value: undefined }) }) };
    await restoreBackup({ pool: database.pool, folder: BACKUP, keys, secrets, erasures: none });
  });

  it('is read, holds under the heads that were signed then, and shows the same rows, gone on with and folded anew', async () => {
    const open = { url: database.url, settings: settings() };
    const goneOn = await openedOn(open, async (platform) => {
      const types = new Set<string>();
      for await (const stored of platform.store.readAll()) types.add(platform.registry.decode(stored).type);
      const all = storedEvents.map(({ type }) => type).filter((type) => types.has(type));
      expect(all.length).toBe(types.size);
      expect(types.size).toBeGreaterThan(35);
      const heads = await platform.logHeads.list(10);
      expect(heads.length).toBeGreaterThan(0);
      const verdict = await verifyLog(platform.store, {
        heads: platform.logHeads.known(heads),
        witness: await platform.logHeads.witness(),
      });
      expect(verdict).toMatchObject({ holds: true, heads: { checked: heads.length, agree: heads.length } });
      return rowsOf(platform.pool);
    });
    await forgetRows(database.pool);
    expect(await openedOn(open, ({ pool }) => rowsOf(pool))).toEqual(goneOn);
    for (const { name, projection } of projections) {
      const rows = goneOn.get(name)!.map((row) => JSON.parse(row as string) as JsonObject);
      const then = before[projection.table] ?? [];
      // What had no rows, or was not there, has none: no timer is open.
      if (then.length === 0) {
        expect([name, rows]).toEqual(['timers', []]);
        continue;
      }
      const common = Object.keys(then[0] ?? {}).filter((column) => column in (rows[0] ?? {}) && !OF_THE_FOLD.includes(column));
      const told = (row: JsonObject): string => JSON.stringify(common.map((column) => [column, row[column]]));
      expect(common.length).toBeGreaterThan(2);
      expect(rows.map(told).sort()).toEqual(then.map(told).sort());
    }
  });
});

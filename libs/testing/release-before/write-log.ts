import { mkdir, rm, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { SigningKeys } from '@touchline/audit/heads/head.js';
import { makeBackup } from '@touchline/moving/backup/make-backup.js';
import { untilCaughtUp } from '@touchline/moving/testing/restored.js';
import { projections } from '@touchline/projections';
import { FITS, fitOf } from '@touchline/server/testing/refusals/fits.js';
import { World } from '@touchline/server/testing/refusals/world.js';
import { useApi } from '@touchline/server/testing/use-api.js';
import { BACKUP, FOLDER, ROWS, SECRETS } from './backup-of-before.js';

// Run at a release, by `npm run write:release-log`: what every route that records leaves behind, as a backup, with the rows that this release
// showed of it. The next release reads it.

describe('the log of this release', () => {
  const api = useApi(SECRETS);

  it('is written, with what every route records', async () => {
    const world = await World.of(api);
    for (const route of Object.keys(FITS)) {
      const { path, body } = await fitOf(route, world);
      await world.record(path, body);
    }
    await api.platform.logHeads.write();
    await untilCaughtUp(api.platform);
    await rm(FOLDER, { recursive: true, force: true });
    await mkdir(FOLDER, { recursive: true });
    const keys = new SigningKeys(api.platform.settings.secrets.logSigningKeys);
    const { tables } = await makeBackup({ pool: api.platform.pool, folder: BACKUP, keys, madeAt: api.now });
    expect(tables.find(({ table }) => table === 'event_log.events')?.rows).toBeGreaterThan(100);
    const rows: { [table: string]: object[] } = {};
    for (const { projection } of projections)
      rows[projection.table] = (await api.platform.pool.query<object>(`select * from read_model.${projection.table}`)).rows;
    await writeFile(ROWS, gzipSync(JSON.stringify(rows)));
  });
});

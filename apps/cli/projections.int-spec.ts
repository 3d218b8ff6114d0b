import { beforeAll, describe, expect, it } from '@jest/globals';
import type { RecordedAnswer } from '@touchline/http';
import { projected } from '@touchline/importing/testing/sample.js';
import { Teller } from '@touchline/projections/testing/tell.js';
import type { RowsVerified } from '@touchline/rebuild';
import { useApi } from '@touchline/server/testing/use-api.js';
import { newSecrets } from '@touchline/testing/secrets.js';
import type { Ended } from '@touchline/testing/touchline.js';
import { touchline } from '@touchline/testing/touchline.js';

const at = '2026-05-01T02:00:00.000Z';

describe('touchline projections', () => {
  const secrets = newSecrets();
  const api = useApi(secrets);
  let came: RecordedAnswer;
  let quoted: RecordedAnswer;
  beforeAll(async () => {
    const li = new Teller(api);
    came = await li.came(at, { siteId: 'pudong', phone: '13800000001' });
    quoted = await li.quoted(at, came.journeyId ?? '');
    await projected(api.platform);
  });

  const run = (...args: string[]): Promise<Ended> =>
    touchline(['projections', ...args], { env: { DATABASE_URL: api.platform.settings.store.databaseUrl, ...secrets } });

  it('rebuilds one beside the live rows, waits for it, and drops the old', async () => {
    const done = await run('rebuild', 'customer-status', '--wait');
    expect(done).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^build 2 of customer-status \(version 2\) is live: 2 rows, equal by checksum \w+\n$/),
    });
    expect(done.stderr).toContain('rebuilding customer-status');
    expect((await run('list')).stdout).toContain('customer-status      version 2, build 2, running, up to date');
    expect(await run('drop', 'customer-status')).toMatchObject({ code: 0, stdout: 'dropped customer_status_v2_1\n' });
    expect(await run('drop', 'customer-status')).toMatchObject({ code: 0, stdout: 'nothing to drop\n' });
  });

  it('names rows that are not as the log says, refuses to replace them unasked, and replaces them when asked', async () => {
    expect(await run('verify')).toMatchObject({ code: 0 });
    const live = await api.platform.builds.live('customer-status');
    await api.platform.pool.query(`update ${live?.schema}.customer_status set quote_standing = false where id = $1`, [came.journeyId]);
    const verified = await run('verify', 'customer-status', '--all', '--json', '--quiet');
    expect(verified.code).toBe(3);
    expect(JSON.parse(verified.stdout) as RowsVerified[]).toMatchObject([
      {
        rows: 2,
        differing: 1,
        named: [{ key: came.journeyId, kind: 'changed', columns: ['quoteStanding'], event: { id: quoted.eventId } }],
      },
    ]);

    const refused = await run('rebuild', 'customer-status', '--wait', '--quiet');
    expect(refused).toMatchObject({ code: 3, stderr: '' });
    expect(refused.stdout).toContain('was refused: 2 rows before, 2 now; 1 changed, 0 gone, 0 new');
    const named = `${came.journeyId} differs in quoteStanding, since quote-issued ${quoted.eventId} at ${quoted.position}\n`;
    expect(await run('differences', 'customer-status')).toMatchObject({ code: 0, stdout: named });

    const accepted = await run('rebuild', 'customer-status', '--wait', '--quiet', '--accept-differences');
    expect(accepted.code).toBe(0);
    expect((await run('verify', 'customer-status', '--all', '--quiet')).code).toBe(0);
  });

  it('says what cannot be done', async () => {
    expect(await run('rebuild', 'funnel')).toMatchObject({ code: 2, stdout: '', stderr: 'there is no such projection\n' });
    expect(await run('cancel', 'group-directory')).toMatchObject({ code: 2, stderr: 'no rebuild of group-directory is under way\n' });
    expect((await run('verify', 'customer-status', '--sample', '0')).code).toBe(2);
  });
});

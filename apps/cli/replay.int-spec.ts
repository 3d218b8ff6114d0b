import { beforeAll, describe, expect, it } from '@jest/globals';
import type { RecordedAnswer } from '@touchline/http';
import { projected } from '@touchline/importing/testing/sample.js';
import type { StreamsChecked } from '@touchline/projections/customer-streams/check-streams.js';
import { Teller } from '@touchline/projections/testing/tell.js';
import { useApi } from '@touchline/server/testing/use-api.js';
import { newSecrets } from '@touchline/testing/secrets.js';
import type { Ended } from '@touchline/testing/touchline.js';
import { touchline } from '@touchline/testing/touchline.js';

const march = (day: number): string => `2026-03-${String(day).padStart(2, '0')}T02:00:00.000Z`;

describe('touchline replay', () => {
  const secrets = newSecrets();
  const api = useApi(secrets);
  let came: RecordedAnswer;
  let quoted: RecordedAnswer;

  beforeAll(async () => {
    const li = new Teller(api);
    api.now = march(2);
    came = await li.came(march(2), { siteId: 'pudong', phone: '13800000001', name: '王芳' });
    quoted = await li.quoted(march(2), came.journeyId ?? '');
    api.now = march(20);
    // Told late.
    await li.signed(march(4), came.journeyId ?? '');
    await projected(api.platform);
  });

  const run = (...args: string[]): Promise<Ended> =>
    touchline(['replay', ...args], { env: { DATABASE_URL: api.platform.settings.store.databaseUrl, ...secrets } });
  const customer = (...args: string[]) => run('customer', came.customerId ?? '', '--tenant', 'dongfang', ...args);

  it('shows a status as of a moment, with the events it stands on', async () => {
    const then = await customer('--happened-by', march(10), '--known-by', march(10));
    expect(then).toMatchObject({ code: 0, stderr: '' });
    expect(then.stdout).toContain(`As of what had happened by ${march(10)}, known by ${march(10)}\n`);
    expect(then.stdout).toContain('  lifecycle: "intending"\n');
    expect(then.stdout).toContain(
      `  quote-issued ${quoted.eventId}, occurred ${march(2)}, recorded ${march(2)}, position ${quoted.position}\n`,
    );
    expect((await customer('--happened-by', march(10))).stdout).toContain('  lifecycle: "committed"\n');
    const json = await customer('--known-by', quoted.position ?? '', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ asOf: { upTo: quoted.position }, status: { lifecycle: 'intending', touchpoints: 2 } });
  });

  it('shows what differs between two moments, and by which event', async () => {
    const known = await customer('--diff-from', march(10), '--happened-by', march(10));
    expect(known.stdout).toMatch(/lifecycle: "intending" → "committed"\n {2}by contract-signed /);
    const told = await customer('--diff-from', came.position ?? '', '--diff-to', quoted.position ?? '', '--json');
    const { changes } = JSON.parse(told.stdout) as { changes: { field: string; from: unknown; to: unknown; by: unknown[] }[] };
    expect(changes).toContainEqual({
      field: 'quoteStanding',
      from: false,
      to: true,
      by: [expect.objectContaining({ type: 'quote-issued', eventId: quoted.eventId })],
    });
    expect((await customer('--diff-from', quoted.position ?? '', '--diff-to', quoted.position ?? '')).stdout).toContain(
      'nothing differs\n',
    );
  });

  it('says what it cannot show, and exits with 2', async () => {
    const cases: [string[], string][] = [
      [['--happened-by', '2026-01-01T00:00:00Z'], 'knew no customer'],
      [['--happened-by', 'yesterday'], 'a date and time with an offset'],
      [['--known-by', 'ffffffffffffffff'], 'neither an instant nor a position'],
      [['--diff-from', '2026-01-01T00:00:00Z', '--diff-to', '2026-01-02T00:00:00Z'], 'at either moment'],
    ];
    for (const [args, why] of cases)
      expect([args, await customer(...args)]).toEqual([args, expect.objectContaining({ code: 2, stderr: expect.stringContaining(why) })]);
  });

  it('holds the list of streams against the log, and names each that differs', async () => {
    const checked = async (): Promise<[number, StreamsChecked]> => {
      const { code, stdout } = await run('check-streams', '--json', '--quiet');
      return [code, JSON.parse(stdout) as StreamsChecked];
    };
    expect(await checked()).toMatchObject([0, { streams: 2, faults: 0, named: [] }]);
    const journey = `journey-dongfang.${came.journeyId}`;
    const { pool } = api.platform;
    await pool.query(`update read_model.customer_streams set customers = '{}' where stream = $1`, [journey]);
    await pool.query(`delete from read_model.customer_streams where category = 'customer'`);
    const [code, { named }] = await checked();
    expect([code, named]).toEqual([
      3,
      [
        { stream: `customer-dongfang.${came.customerId}`, fault: 'not-listed' },
        { stream: journey, fault: 'customers-missing' },
      ],
    ]);
    expect(await run('check-streams')).toMatchObject({
      code: 3,
      stdout: expect.stringContaining(`  ${journey}: customers-missing\n`),
    });
  });
});

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SignedHead } from '@touchline/audit/heads/head.js';
import { Recorder } from '@touchline/audit/testing/recorded-log.js';
import { Tamperer } from '@touchline/audit/testing/tamper.js';
import type { LogVerdict } from '@touchline/audit/verify-log.js';
import { startWireServer } from '@touchline/event-store/testing/wire-server/wire-server.js';
import { PostgresEventStore } from '@touchline/event-store/postgres/postgres-event-store.js';
import { useDatabase } from '@touchline/testing/postgres.js';
import { newSecrets } from '@touchline/testing/secrets.js';
import type { Ended } from '@touchline/testing/touchline.js';
import { touchline } from '@touchline/testing/touchline.js';

describe('touchline log', () => {
  const database = useDatabase();
  let folder: string;
  let env: Record<string, string>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'touchline-log-test-'));
    env = { DATABASE_URL: database.url, ...newSecrets() };
    const store = await PostgresEventStore.open({ url: database.url });
    await new Recorder(store).rounds(['journey-dongfang.a', 'journey-dongfang.b'], 10);
    await store.close();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const run = (...args: string[]): Promise<Ended> => touchline(args, { cwd: folder, env });
  const verdictOf = ({ stdout }: { stdout: string }): LogVerdict => JSON.parse(stdout) as LogVerdict;

  it('signs the log, exports the head, and finds what was changed since', async () => {
    expect(await run('log', 'verify')).toMatchObject({ code: 0, stdout: expect.stringContaining('there is no head') });
    expect(await run('log', 'head', '--out', 'head.json')).toMatchObject({ code: 0, stdout: '' });
    const head = JSON.parse(await readFile(join(folder, 'head.json'), 'utf8')) as SignedHead;
    expect(head).toMatchObject({ treeSize: 20, signature: expect.stringMatching(/^[0-9a-f]{128}$/) });

    const whole = await run('log', 'verify', '--head', 'head.json');
    expect(whole).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/20 events in 2 streams[^]*2 of 2 signed heads agree\nThe log holds/),
    });
    expect(whole.stderr).toContain('verifying');

    await new Tamperer(database.pool).cutTail('journey-dongfang.b', 8);
    const cut = await run('log', 'verify', '--json', '--quiet');
    expect([cut.code, cut.stderr]).toEqual([3, '']);
    expect(verdictOf(cut)).toMatchObject({ holds: false, fault: { kind: 'stream-cut', stream: 'journey-dongfang.b', revision: 8 } });
    expect(await run('log', 'head')).toMatchObject({ code: 3, stderr: expect.stringContaining('was not signed: log-cut') });

    await database.pool.query('truncate touchline.log_trees, touchline.log_tiles, touchline.log_streams, touchline.log_heads');
    expect(await run('log', 'verify', '--quiet')).toMatchObject({ code: 0 });
    const against = await run('log', 'verify', '--quiet', '--head', 'head.json');
    expect([against.code, against.stdout]).toEqual([3, expect.stringContaining('covers 20 events, the log has 18')]);
  });

  it('takes a head with one digit changed for forged, and a file without heads for unusable', async () => {
    const head = JSON.parse(await readFile(join(folder, 'head.json'), 'utf8')) as SignedHead;
    await writeFile(join(folder, 'forged.json'), JSON.stringify({ heads: [{ ...head, treeSize: 18 }] }));
    const forged = await run('log', 'verify', '--quiet', '--json', '--head', 'forged.json');
    expect([forged.code, verdictOf(forged).fault?.kind]).toEqual([3, 'head-forged']);
    await writeFile(join(folder, 'other.json'), '{"heads":[{}]}');
    expect(await run('log', 'verify', '--head', 'other.json')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('other.json'),
    });
    expect(await run('log', 'verify', '--head', 'nowhere.json')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('nowhere.json'),
    });
  });

  it('tells what the user of the log may do, and how an address that cannot be read is wrong', async () => {
    expect(await run('log', 'rights')).toMatchObject({ code: 2, stderr: expect.stringContaining('the log is on Postgres') });
    const store = await PostgresEventStore.open({ url: database.url });
    const server = await startWireServer({ store });
    try {
      const at = (EVENTSTORE_URL: string): Promise<Ended> => touchline(['log', 'rights'], { cwd: folder, env: { ...env, EVENTSTORE_URL } });
      expect(await at(server.connectionString)).toMatchObject({ code: 3, stdout: expect.stringMatching(/delete a stream +allowed +!/) });
      server.refuse('delete', 'metadata');
      expect(await at(server.connectionString.replace('esdb:', 'kurrentdb:'))).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/append +allowed\ndelete a stream +denied\nhide events \(metadata\) +denied\n/),
      });
      server.refuse('sign-in');
      expect(await at(server.connectionString)).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/^[^\n]*Unauthenticated[^\n]*\n$/),
      });
      const wrong = await at('esdb://u:opensesame@a:2113,,b:2113');
      expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringMatching(/EVENTSTORE_URL one of its hosts is no host; expected esdb:/)]);
      expect(wrong.stderr).not.toContain('opensesame');
      const unread = await at('esdb://u:opensesame@a:2113?tlsCAFile=nowhere.pem');
      expect([unread.code, unread.stderr]).toEqual([
        2,
        expect.stringMatching(/^the settings are not valid:\n {2}EVENTSTORE_URL [^\n]*\n$/),
      ]);
      expect(unread.stderr).not.toContain('opensesame');
    } finally {
      await server.close();
      await store.close();
    }
  });
});

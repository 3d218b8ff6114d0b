import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { LocalCredentials } from '@touchline/auth/credentials.js';
import { userIdOf } from '@touchline/commands/user-id.js';
import type { ImportSummary } from '@touchline/importing';
import { MAP, PLAYBOOK, csvOf, sourceOf } from '@touchline/importing/testing/bikes.js';
import { openForImport, useWorkplace } from '@touchline/importing/testing/sample.js';
import { startEmbeddedPostgres } from '@touchline/postgres';
import { useDatabase } from '@touchline/testing/postgres.js';
import { newSecrets } from '@touchline/testing/secrets.js';

const MAIN = resolve(import.meta.dirname, '../../dist/apps/cli/main.js');

/** Refuses to load Nest or TypeORM, whoever asks for it. */
const LIGHT = `data:text/javascript,${encodeURIComponent(`
  import { register } from 'node:module';
  register('data:text/javascript,' + encodeURIComponent(\`export async function resolve(specifier, context, next) {
    if (/^(@nestjs|typeorm)/.test(specifier)) throw new Error('loads ' + specifier);
    return next(specifier, context);
  }\`));`)}`;

/** As the platform has brought its tables up to date; what is lacking is brought by TypeORM, whoever comes first. */
const migrated = async (url: string, settings: Record<string, string>): Promise<void> =>
  (await openForImport(url, { ...settings, DATABASE_URL: url })).close();

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

describe('touchline, the command line', () => {
  const database = useDatabase();
  const workplace = useWorkplace();
  let env: Record<string, string>;

  beforeAll(async () => {
    env = {
      PATH: process.env['PATH'] ?? '',
      DATABASE_URL: database.url,
      ...newSecrets(),
    };
    await migrated(database.url, env);
    await writeFile(join(workplace.folder, 'playbook.yaml'), PLAYBOOK);
    await writeFile(join(workplace.folder, 'map.yaml'), MAP);
    await writeFile(join(workplace.folder, 'source.csv'), csvOf(sourceOf(12)));
  });

  const start = (args: string[], settings = env) =>
    spawn(process.execPath, ['--import', LIGHT, MAIN, ...args], { cwd: workplace.folder, env: settings });
  async function ended(child: ReturnType<typeof start>, input = ''): Promise<Ended> {
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdin.end(input);
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, stdout, stderr };
  }
  const run = (args: string[], settings = env, input = ''): Promise<Ended> => ended(start(args, settings), input);
  const summaryOf = ({ stdout }: Ended): ImportSummary => JSON.parse(stdout) as ImportSummary;

  it('ends without a word once nobody reads what it prints', async () => {
    const child = start(['--help']);
    child.stdout.destroy();
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const [code] = (await once(child, 'close')) as [number | null];
    expect({ code, stderr }).toEqual({ code: 141, stderr: '' });
  });

  it('tells what it does and what its exit codes mean', async () => {
    const help = await run(['import', '--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    for (const told of ['--map <file>', '--dry-run', '--joins <folder>', 'Exit codes:', 'docs/import.md'])
      expect(help.stdout).toContain(told);
  });

  it('imports, says what came of it and leaves a report beside; a second time it is all known', async () => {
    const first = await run(['import', 'source.csv', '--map', 'map.yaml']);
    expect(first.code).toBe(0);
    expect(first.stdout).toContain('24 facts recorded\n');
    expect(first.stderr).toContain('recording');
    expect(await readFile(join(workplace.folder, 'source.csv.report.csv'), 'utf8')).toBe('\ufeffline,column,reason,value,detail,fact\n');
    const second = await run(['import', 'source.csv', '--map', 'map.yaml', '--json', '--quiet']);
    expect(second).toMatchObject({ code: 0, stderr: '' });
    expect(summaryOf(second)).toMatchObject({ facts: { recorded: 0, repeated: 24 }, created: [] });
  });

  it('exits with 3 where something is in the report', async () => {
    await writeFile(join(workplace.folder, 'undated.csv'), csvOf(sourceOf(3).map((row) => row.with(5, ''))));
    const answer = await run(['import', 'undated.csv', '--map', 'map.yaml', '--dry-run', '--quiet']);
    expect(answer.code).toBe(3);
    expect(answer.stdout).toContain('undated.csv.report.csv has 3 lines about 3 records:\n  3 value.missing\n');
  });

  it('exits with 2 and says why, without a stack, where it cannot begin', async () => {
    await writeFile(join(workplace.folder, 'bad.yaml'), MAP.replace('zone: UTC', 'zone: Mars/Olympus').replace('row', 'rov'));
    const cases: [string[], string][] = [
      [['import', 'source.csv'], "required option '--map <file>'"],
      [['import', 'source.csv', '--map', 'map.yaml', '--at-once', 'many'], 'a whole number from 1 to 1000'],
      [['import', 'source.csv', '--map', 'nowhere.yaml'], 'nowhere.yaml'],
      [['import', 'nowhere.csv', '--map', 'map.yaml'], 'nowhere.csv'],
      [['import', 'source.csv', '--map', 'bad.yaml'], 'there is no time zone "Mars/Olympus"'],
      [['import', '.', '--map', 'map.yaml'], '. is a folder'],
      [['log', 'grant'], 'the first line of stdin is to be the password of admin'],
      [['export'], "unknown command 'export'"],
    ];
    for (const [args, why] of cases) {
      const answer = await run(args);
      expect([args, answer.code, answer.stderr]).toEqual([args, 2, expect.stringContaining(why)]);
      expect(answer.stderr).not.toMatch(/^\s+at /m);
    }
    const { DATABASE_URL: _, ...without } = env;
    expect(await run(['import', 'source.csv', '--map', 'map.yaml'], without)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('DATABASE_URL is missing'),
    });
  });

  it('says in one line that the database does not answer', async () => {
    const answer = await run(['log', 'verify', '--quiet'], { ...env, DATABASE_URL: 'postgres://127.0.0.1:1/touchline' });
    expect(answer).toMatchObject({ code: 1, stderr: expect.stringMatching(/^the log or the database does not answer: .+\n$/) });
  });

  it('tells what a mapping may name, without a mapping', async () => {
    const all = await run(['import', 'fields']);
    expect(all).toMatchObject({ code: 0, stdout: expect.stringContaining('visit-received (showroom, in by default)') });
    const one = await run(['import', 'fields', 'visit-received', '--json']);
    expect(JSON.parse(one.stdout)).toMatchObject({ touchpoints: [{ touchpoint: 'visit-received' }] });
    expect(await run(['import', 'fields', 'visit'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no touchpoint "visit"'),
    });
  });

  it('stops at Ctrl-C, cleanly, and goes on when it is started again', async () => {
    await writeFile(join(workplace.folder, 'long.csv'), csvOf(sourceOf(4_000)));
    await writeFile(join(workplace.folder, 'long.yaml'), MAP.replace('source: crm', 'source: long'));
    const args = ['import', 'long.csv', '--map', 'long.yaml', '--json'];
    const child = start(args);
    const stop = (text: Buffer): void => {
      if (!text.includes('recording')) return;
      child.stderr.off('data', stop);
      child.kill('SIGINT');
    };
    child.stderr.on('data', stop);
    const stopped = await ended(child);
    expect([stopped.code, stopped.stderr]).toEqual([130, expect.stringContaining('stopping after what is under way')]);
    expect(summaryOf(stopped)).toMatchObject({ interrupted: true, report: null });
    const rest = summaryOf(await run(args));
    expect(rest).toMatchObject({ interrupted: false, resumedAfter: summaryOf(stopped).cases, cases: 4_000 });
    expect(rest.facts).toMatchObject({ recorded: 8_000, repeated: 0, refused: 0 });
  });

  it('works on the platform that runs from TOUCHLINE_HOME, where no database is named', async () => {
    const { DATABASE_URL: _, PATH = '', ...secrets } = env;
    const home = join(workplace.folder, 'home');
    await mkdir(home);
    await writeFile(join(home, 'secrets.json'), JSON.stringify(secrets));
    const args = ['import', 'source.csv', '--map', 'map.yaml', '--quiet'];
    const there = { PATH, TOUCHLINE_HOME: home };
    expect(await run(args, there)).toMatchObject({ code: 2, stderr: expect.stringContaining(`no platform runs from ${home}`) });
    const server = await startEmbeddedPostgres({ dataDir: join(home, 'postgres'), durable: false });
    try {
      await migrated(server.url('touchline'), env);
      expect(await run(args, there)).toMatchObject({ code: 0, stdout: expect.stringContaining('24 facts recorded') });
    } finally {
      await server.stop();
      await rm(server.home, { recursive: true, force: true });
    }
  });

  it('makes the first administrator of a group, once, however often it is asked', async () => {
    const add = (login: string, password: string, tenant = 'newshop'): Promise<Ended> =>
      run(['users', 'add-admin', '--tenant', tenant, '--login', login, '--name', '管理员'], env, `${password}\n`);
    expect(await add('Boss', 'short')).toMatchObject({ code: 2, stderr: expect.stringContaining('10 to 200 characters') });
    expect(await add('Boss', 'correct horse battery', 'No Group')).toMatchObject({ code: 2, stderr: expect.stringContaining('2 to 31') });
    expect(await add('Boss', 'correct horse battery')).toMatchObject({ code: 0, stderr: 'Boss is an administrator of newshop\n' });
    expect(await add('Boss', 'another horse battery')).toMatchObject({ code: 0 });
    const credentials = new LocalCredentials(database.pool);
    expect(await credentials.verify('newshop', userIdOf('newshop', 'boss'), 'another horse battery')).toBe(true);
    const { rows } = await database.pool.query<{ type: string; position: string }>(
      `select type, lpad(to_hex(position), 16, '0') as position from event_log.events where stream = $1 order by revision`,
      [`user-newshop.${userIdOf('newshop', 'boss')}`],
    );
    expect(rows.map(({ type }) => type)).toEqual(['user-registered', 'user-roles-set']);

    const { stored, newest } = JSON.parse((await run(['log', 'show', rows[0]!.position])).stdout) as Record<string, object>;
    expect(stored).toMatchObject({ type: 'user-registered', revision: 0, metadata: { tenant: 'newshop', schemaVersion: 1 } });
    expect(newest).toEqual({ login: 'boss', displayName: '管理员' });
    expect(await run(['log', 'show', 'nowhere'])).toMatchObject({ code: 2, stderr: 'there is no event at nowhere\n' });
  });

  it('sets the password of a user that the group knows', async () => {
    const set = (login: string, password: string): Promise<Ended> =>
      run(['users', 'set-password', '--tenant', 'shop', '--login', login], env, `${password}\n`);
    expect(await set('Ann', 'correct horse battery')).toMatchObject({ code: 0, stdout: '' });
    const credentials = new LocalCredentials(database.pool);
    expect(await credentials.verify('shop', userIdOf('shop', 'ann'), 'correct horse battery')).toBe(true);
    expect(await set('ann', 'short')).toMatchObject({ code: 2, stderr: expect.stringContaining('10 to 200 characters') });
    expect(await set('zoe', 'correct horse battery')).toMatchObject({ code: 2, stderr: 'the group shop has no user zoe\n' });
  });
});

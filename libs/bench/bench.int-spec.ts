import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { useWireServer } from '@touchline/event-store/testing/wire-server/use-wire-server.js';
import { benchmarks } from './benchmarks/index.js';

const main = resolve(import.meta.dirname, '../../dist/libs/bench/main.js');
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'touchline-bench-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const wire = useWireServer();

it('measures everything in little, and writes the page', async () => {
  if (!existsSync(main)) throw new Error('build first: there is no dist/libs/bench');
  const page = join(folder, 'benchmarks.md');
  const args = [main, '--quick', '--home', join(folder, 'home'), '--out', page];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    env: { PATH: process.env['PATH'], EVENTSTORE_URL: (await wire.start()).connectionString },
  });
  const text = await readFile(page, 'utf8');
  expect(text).toContain('**eventstoredb** (');
  for (const { name, missing } of benchmarks) {
    expect(stdout).toContain(`${name} …`);
    // CI has all that is needed; elsewhere what cannot be measured is left out.
    if (process.env['CI'] === 'true' || (missing?.() ?? null) === null) expect(text).toContain(`**${name}** (`);
  }
  // Whatever came out, it was held against each of its goals.
  expect(text.match(/reached|missed/g)?.length).toBeGreaterThan(10);
}, 600_000);

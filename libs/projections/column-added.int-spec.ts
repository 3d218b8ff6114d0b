import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { compile, patched, stepsOf } from '@touchline/testing/guides.js';
import { useDatabase } from '@touchline/testing/postgres.js';

const root = resolve(import.meta.dirname, '../..');
const FOLDER = 'libs/projections/customer-streams';

/** Every value given, the new one among them. */
const ROW = {
  ...{ stream: 'journey-dongfang.1', tenant: 'dongfang', category: 'journey', customerId: 'c1', customers: ['c1'], siteId: 'pudong' },
  ...{ firstPosition: '0000000000000001', events: 3, corrections: 2 },
};

describe('a column added to a read model', () => {
  const database = useDatabase();
  const copy = mkdtempSync(join(tmpdir(), 'touchline-column-'));
  const steps = stepsOf('add-a-projection', 'A column more');
  const changed = new Map(steps.map(({ path, text }) => [path, patched(readFileSync(join(root, path), 'utf8'), text)]));

  beforeAll(() => {
    for (const file of ['libs', 'package.json', '.swcrc']) cpSync(join(root, file), join(copy, file), { recursive: true });
    for (const [path, text] of changed) writeFileSync(join(copy, path), text);
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  });
  afterAll(() => rmSync(copy, { recursive: true }));

  it('is entity, fold and migration, and nothing else', () => {
    expect(steps.map(({ path }) => path)).toEqual(
      ['entity', 'projection', 'migrations'].map((kind) => `${FOLDER}/customer-streams.${kind}.ts`),
    );
  });

  it('leaves nothing that does not compile', () => {
    const files = new Map([...changed].map(([path, text]) => [join(root, path), text]));
    const all = readdirSync(join(root, 'libs/projections'), { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
    expect(
      compile(
        files,
        all.map((path) => join(root, 'libs/projections', path)),
      ),
    ).toEqual([]);
  });

  it('is in the table as the entity says, is written, and comes back', async () => {
    const run = promisify(execFile);
    await run('node_modules/.bin/swc', ['libs', '--out-dir', 'dist', '--config-file', '.swcrc', '--quiet'], { cwd: copy });
    const args = ['dist/libs/projections/testing/column-added.process.js', database.url, 'customer-streams', JSON.stringify(ROW)];
    const { stdout } = await run(process.execPath, args, { cwd: copy });
    expect(JSON.parse(stdout)).toEqual({ drift: [], read: ROW });
  });
});

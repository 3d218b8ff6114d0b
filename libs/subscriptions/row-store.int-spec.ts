import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { asPosition } from '@touchline/core';
import { runSqlMigrations } from '@touchline/postgres';
import { useDatabase } from '@touchline/testing/postgres.js';
import { Checkpoints } from './checkpoints.js';
import { CheckpointLost } from './failures.js';
import { subscriptionMigrations } from './migrations.js';
import { RowStore } from './row-store.js';

interface Kinds {
  id: string;
  text: string | null;
  words: string[];
  details: unknown;
  yes: boolean;
  small: number | null;
  big: number;
  happenedAt: string;
}

const AWKWARD = ['', ' ', 'NULL', 'null', '"', '\\', '\\"', '{a,b}', '{}', ',', "it's", 'a\nb\tc', '王小明 😀', '\u2028', '%', '$1', '--'];
const someText = fc.oneof(
  fc.constantFrom(...AWKWARD),
  fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0')),
);
const kinds: fc.Arbitrary<Kinds> = fc.record({
  id: fc.uuid(),
  text: fc.option(someText),
  words: fc.array(someText, { maxLength: 4 }),
  details: fc.oneof(someText, fc.integer(), fc.boolean(), fc.dictionary(someText, fc.oneof(someText, fc.integer())), fc.array(someText)),
  yes: fc.boolean(),
  small: fc.option(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
  big: fc.maxSafeInteger(),
  happenedAt: fc
    .date({ min: new Date('1900-01-01T00:00:00Z'), max: new Date('2900-01-01T00:00:00Z'), noInvalidDate: true })
    .map((date) => date.toISOString()),
});

describe('rows in their table', () => {
  const database = useDatabase();
  const checkpoints = (): Checkpoints => new Checkpoints(database.pool);
  const lease = { name: 'kinds', holder: 'a', fence: 2 };
  const store = new RowStore<Kinds>(
    {
      table: 'kinds',
      columns: [
        { property: 'id', name: 'id', type: 'text' },
        { property: 'text', name: 'text', type: 'text' },
        { property: 'words', name: 'words', type: 'text[]' },
        { property: 'details', name: 'details', type: 'jsonb' },
        { property: 'yes', name: 'yes', type: 'boolean' },
        { property: 'small', name: 'small', type: 'integer' },
        { property: 'big', name: 'big', type: 'bigint' },
        { property: 'happenedAt', name: 'happened_at', type: 'timestamp with time zone' },
      ],
    },
    'kinds_v1_1',
  );
  beforeAll(async () => {
    await runSqlMigrations(database.pool, subscriptionMigrations);
    await checkpoints().claim(lease, { version: 1, logId: 'log' });
    await database.pool.query(`
      create schema kinds_v1_1;
      create table kinds_v1_1.kinds (
        id text primary key, text text, words text[] not null, details jsonb, yes boolean not null, small integer, big bigint not null,
        happened_at timestamptz not null, folded_at timestamptz not null, folded_position text collate "C" not null
      )`);
  });
  const write = async (rows: readonly Kinds[], gone: readonly string[] = []): Promise<void> => {
    const place = { foldedAt: '2026-03-02T09:00:00.000Z', foldedPosition: asPosition('0000000000000007') };
    const changes = [...rows.map((row) => [row.id, { row, ...place }] as const), ...gone.map((id) => [id, null] as const)];
    const combined = store.changes(new Map(changes));
    const from = (await checkpoints().get(lease.name))?.position ?? null;
    await checkpoints().move(database.pool, lease, from, { position: asPosition('1'), id: 'e1' }, {}, combined);
  };
  const load = async (ids: readonly string[]): Promise<Kinds[]> => {
    const found = await store.load(database.pool, ids);
    return ids.flatMap((id) => found.get(id)?.row ?? []);
  };

  it('come back as they were written, whatever is in them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(kinds, { minLength: 1, maxLength: 6, selector: ({ id }) => id }), async (rows) => {
        await write(rows);
        expect(await load(rows.map(({ id }) => id))).toEqual(rows);
      }),
      { numRuns: 120 },
    );
  });

  it('are replaced whole, and go', async () => {
    const [one, other] = fc.sample(kinds, { numRuns: 2, seed: 7 }).map((row, index) => ({ ...row, id: `k${index}` }));
    if (one === undefined || other === undefined) throw new Error('two rows were asked for');
    await write([one, other]);
    const changed = { ...other, id: one.id, text: null, small: null };
    await write([changed], [other.id]);
    expect(await load([one.id, other.id])).toEqual([changed]);
  });

  it('know the place they are folded to', async () => {
    const [row] = fc.sample(kinds, { numRuns: 1, seed: 3 });
    if (row === undefined) throw new Error('a row was asked for');
    await write([row]);
    expect((await store.load(database.pool, [row.id])).get(row.id)).toMatchObject({
      foldedAt: '2026-03-02T09:00:00.000Z',
      foldedPosition: '0000000000000007',
    });
  });

  it('stay as they are, and none goes, where another moves the checkpoint', async () => {
    const [row, other] = fc.sample(kinds, { numRuns: 2, seed: 5 });
    if (row === undefined || other === undefined) throw new Error('two rows were asked for');
    await write([row]);
    const place = { foldedAt: '2026-03-02T10:00:00.000Z', foldedPosition: asPosition('0000000000000008') };
    const combined = store.changes(
      new Map([
        [row.id, null],
        [other.id, { row: other, ...place }],
      ]),
    );
    const to = { position: asPosition('2'), id: 'e2' };
    const late = checkpoints().move(database.pool, { ...lease, fence: 1 }, asPosition('1'), to, {}, combined);
    await expect(late).rejects.toThrow(CheckpointLost);
    expect(await load([row.id, other.id])).toEqual([row]);
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Position } from '@touchline/core';
import type { Benchmark } from '../benchmark.js';
import { run } from '../child.js';
import { writeRows } from '../data/rows.js';
import type { ImportStop } from '../jobs/import.js';
import type { World } from '../world.js';
import { memoryFigure } from './over-whole-log.js';

const SMALL_SHARE = 10;

interface Imported {
  peakMiB: number;
  /** Rows a second of each part. */
  rows: number[];
  /** The same where only the events they became are appended. */
  bulk: number[];
}

export const importing: Benchmark = {
  name: 'import',
  about:
    'One import of a million rows of contacts, twenty to a customer whom it finds or registers, onto a log of a million events. It stands still after each third, a round, while the events it made of these rows are appended to a copy of that log by another process. Reading the file, which comes first, counts in equal parts.',
  async *measure(world) {
    const { events, rows, rounds } = world.size;
    const large = await importRows(world, events, rows, rounds);
    yield {
      what: 'import',
      unit: 'rows/s',
      measured: large.rows,
      against: { what: 'bulk append of the events that they become', values: large.bulk },
      goals: [{ kind: 'ratio-at-least', value: 0.25 }],
    };
    const small = await importRows(world, events, rows / SMALL_SHARE, 1);
    yield memoryFigure('import', [large], [small]);
  },
};

async function importRows(world: World, events: number, rows: number, stops: number): Promise<Imported> {
  const folder = await mkdtemp(join(tmpdir(), 'touchline-bench-'));
  try {
    const { file, map } = await writeRows(folder, rows);
    const [url, to] = [await world.log('imported', events), await world.log('appended', events)];
    let after: Position | null = await world.head('imported');
    const told: Pick<Imported, 'rows' | 'bulk'> = { rows: [], bulk: [] };
    const { peakMiB } = await run('importRows', { url, file, map, folder, rows, stops }, async (message) => {
      const part = message as ImportStop;
      const appended = await run('bulkAppend', { from: url, to, after });
      after = appended.last;
      told.rows.push(part.rows / part.seconds);
      told.bulk.push(part.rows / appended.seconds);
    });
    return { peakMiB, ...told };
  } finally {
    await world.cleanUp(rm(folder, { recursive: true, force: true }), world.drop('imported'), world.drop('appended'));
  }
}

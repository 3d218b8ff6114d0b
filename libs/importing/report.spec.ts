import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { Report } from './report.js';

describe('the report of an import', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'touchline-report-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('opens in a spreadsheet as the text that it is: UTF-8, and nothing that runs', async () => {
    const path = join(folder, 'report.csv');
    const rows = parse(await readFile(join(import.meta.dirname, 'testing/inputs/formula-cells.csv'), 'utf8'), { from: 2 });
    const values = [...rows.map((cells) => cells[4] ?? ''), ...rows.map((cells) => cells[0] ?? ''), '-1', '\t=1', '\r=1', 'a=1', '-'];
    const report = new Report();
    await report.add(values.map((value, index) => ({ line: index + 2, column: '@at', reason: 'value.not-a-time', value })));
    await report.write(path);
    const text = await readFile(path, 'utf8');
    expect(text.startsWith('\ufeffline,')).toBe(true);
    const [, ...cells] = parse(text, { bom: true, record_delimiter: '\n' });
    expect(cells.map(([, column, , value]) => [column, value])).toEqual(
      values.map((value) => ["'@at", /^[=+\-@\t\r]/.test(value) ? `'${value}` : value]),
    );
    // Behind a quote, so that no reader takes the apostrophe for a part of something else.
    expect(text).toContain(`,"'=1+1",`);
  });
});

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Platform } from '@touchline/platform';
import { useDatabase } from '@touchline/testing/postgres.js';
import { EXAMPLES, SAMPLES, importInto, openForImport, useWorkplace } from './testing/sample.js';

const NAME = 'complaints and incidents of the samples';
const samples = SAMPLES;
if (samples === undefined) describe.skip(`${NAME} (skipped: TOUCHLINE_SAMPLES is not set)`, () => it('are imported', () => undefined));
else
  describe(NAME, () => {
    const database = useDatabase();
    const workplace = useWorkplace();
    let platform: Platform;
    beforeAll(async () => {
      platform = await openForImport(database.url);
    });
    afterAll(() => platform.close());

    it('records complaints with line breaks inside quotes, and reports the record that the file was cut in', async () => {
      const folder = join(samples, 'cfpb-complaints');
      const { counts } = JSON.parse(await readFile(join(folder, 'reference.json'), 'utf8')) as {
        counts: { records: number; complete_records: number; narratives: number; physical_lines: number };
      };
      const order = { file: join(folder, 'complaints.csv'), map: join(EXAMPLES, 'cfpb-complaints/map.yaml') };
      const summary = await workplace.run(order, importInto(platform));
      const tooLong = 3;
      expect(summary).toMatchObject({
        rows: counts.records,
        cases: counts.complete_records,
        facts: { recorded: 2 * counts.complete_records + counts.narratives - tooLong, repeated: 0, refused: 0, unread: tooLong },
        report: { byReason: { 'value.too-long': tooLong, 'file.cut': 1 } },
      });
      const cut = (await workplace.reported()).find(([, , reason]) => reason === 'file.cut');
      expect(cut?.[0]).toBe(String(counts.physical_lines));
    });

    it('records every state of an incident, repeated ones too, with times of days and months of one digit', async () => {
      // The first of the file; all of it takes minutes.
      const LINES = 6_000;
      const packed = await readFile(join(samples, 'uci-incident/incident_event_log.csv.gz'));
      const lines = gunzipSync(packed)
        .toString('utf8')
        .split('\n')
        .slice(0, LINES + 1);
      const file = join(workplace.folder, 'incidents.csv');
      await writeFile(file, `${lines.join('\n')}\n`);
      const numbers = new Set(lines.slice(1).map((line) => line.split(',')[0]));
      const order = { file, map: join(EXAMPLES, 'uci-incident/map.yaml') };
      const first = await workplace.run(order, importInto(platform));
      expect(first).toMatchObject({
        rows: LINES,
        cases: numbers.size,
        facts: { recorded: LINES + numbers.size, repeated: 0, refused: 0, unread: 0 },
        report: { faults: 0 },
      });
      expect(await workplace.run(order, importInto(platform))).toMatchObject({ facts: { recorded: 0, repeated: LINES + numbers.size } });
    });
  });

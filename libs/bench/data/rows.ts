import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SITES, TENANT, demoPerson } from '@touchline/demo/cast.js';
import { chanceFrom } from '@touchline/testing/crash/chance.js';
import { SEED } from './write-log.js';

/** Contacts of one customer. */
export const ROWS_PER_CASE = 20;

const SITE = SITES[0]!;

const MAPPING = `version: 1
tenant: ${TENANT}
source: bench
file: { format: csv }
zone: Asia/Shanghai
playbook: { id: ${SITE.playbook}, version: 1 }
case: [{ column: deal }]
journey:
  site: { value: ${SITE.id} }
  productLine: { value: ${Object.keys(SITE.productLines)[0]!} }
  customer: { phone: { column: phone }, name: { column: name }, whenMissing: report }
  owner: { column: agent }
facts:
  - name: visit
    touchpoint: visit-received
    when: [{ column: kind, is: visit }]
    reference: [{ column: contact }]
    at: { column: at, format: yyyy-MM-dd HH:mm }
    note: { column: note }
    fields: { batchSize: { value: 1 }, first: { value: false }, contactTaken: { value: true } }
  - name: call
    touchpoint: call-made
    when: [{ column: kind, is: call }]
    reference: [{ column: contact }]
    at: { column: at, format: yyyy-MM-dd HH:mm }
    note: { column: note }
    fields: { reached: { value: true }, durationSeconds: { column: seconds } }
`;

/** A table of contacts as another system exports it: a row each, twenty to a deal. Gives the paths of source and mapping. */
export async function writeRows(folder: string, rows: number): Promise<{ file: string; map: string }> {
  const [file, map] = [join(folder, 'contacts.csv'), join(folder, 'contacts.yaml')];
  const chance = chanceFrom(SEED);
  const out = createWriteStream(file);
  out.write('deal,contact,phone,name,agent,kind,at,seconds,note\n');
  for (let row = 0; row < rows; row++) {
    const deal = Math.floor(row / ROWS_PER_CASE);
    const day = new Date(Date.UTC(2025, 0, 1 + (deal % 300) + (row % ROWS_PER_CASE))).toISOString().slice(0, 10);
    const kind = row % ROWS_PER_CASE === 0 || chance.below(4) === 0 ? 'visit' : 'call';
    const person = [`+86137${String(deal).padStart(8, '0')}`, demoPerson(deal).name, SITE.consultants[deal % 2]];
    const fields = [
      `D${deal}`,
      row,
      ...person,
      kind,
      `${day} ${10 + chance.below(8)}:${10 + chance.below(50)}`,
      chance.below(600),
      '客户再考虑几天',
    ];
    if (!out.write(`${fields.join(',')}\n`)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
  await writeFile(map, MAPPING);
  return { file, map };
}

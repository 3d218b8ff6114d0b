import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { topics } from '@touchline/topics';
import { contractFaults } from '@touchline/topics/compatibility.js';
import { asJson, declaredSchemas } from '@touchline/topics/contract.js';
import { fileOf, releasedSchemas } from '@touchline/topics/released-schemas.js';
import { takenSchemas } from './taken-schemas.js';

// Holds the schemas of all we tell and take against those that were released; without `--check` it writes what is new. Never
// writes over one.
const folder = resolve('libs/topics/released');
await mkdir(folder, { recursive: true });
const released = releasedSchemas(folder);
const declared = [...declaredSchemas(topics), ...(await takenSchemas(released))];
const faults = contractFaults(declared, released);
const fresh = declared.filter((each) => !existsSync(join(folder, fileOf(each))));
if (process.argv.includes('--check'))
  faults.push(...fresh.map((each) => `${each.type} ${each.version} is not released; run npm run generate:schemas`));
else if (faults.length === 0) for (const each of fresh) await writeFile(join(folder, fileOf(each)), asJson(each.schema));
if (faults.length > 0) {
  process.stderr.write(['the topics break their contract:', ...faults.map((fault) => `  ${fault}`), ''].join('\n'));
  process.exitCode = 1;
}

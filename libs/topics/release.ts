import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { contractFaults } from './compatibility.js';
import { asJson, declaredSchemas } from './contract.js';
import { topics } from './index.js';
import { fileOf, releasedSchemas } from './released-schemas.js';

// Holds the topics' schemas against those that were released; without `--check` it writes what is new. Never writes over one.
const folder = resolve('libs/topics/released');
await mkdir(folder, { recursive: true });
const declared = declaredSchemas(topics);
const faults = contractFaults(declared, releasedSchemas(folder));
const fresh = declared.filter((each) => !existsSync(join(folder, fileOf(each))));
if (process.argv.includes('--check'))
  faults.push(...fresh.map((each) => `${each.type} ${each.version} is not released; run npm run generate:schemas`));
else if (faults.length === 0) for (const each of fresh) await writeFile(join(folder, fileOf(each)), asJson(each.schema));
if (faults.length > 0) {
  process.stderr.write(['the topics break their contract:', ...faults.map((fault) => `  ${fault}`), ''].join('\n'));
  process.exitCode = 1;
}

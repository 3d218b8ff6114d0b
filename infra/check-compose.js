// Holds a Compose file against the Compose specification's schema: node infra/check-compose.js docker-compose.yml
// The schema comes from github.com/compose-spec/compose-go v2.16.2, schema/compose-spec.json (Apache-2.0,
// copyright 2020 The Compose Specification Authors), unchanged.
import { readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error('usage: check-compose.js FILE');

const schema = JSON.parse(await readFile(new URL('./compose-spec.schema.json', import.meta.url), 'utf8'));
const ajv = new Ajv2020({ allErrors: true, strict: false });

const valid = ajv.validate(schema, parse(await readFile(path, 'utf8'), { merge: true }));
if (!valid) {
  const faults = ajv.errors?.map(({ instancePath, message, params }) => `  ${instancePath || '/'} ${message} ${JSON.stringify(params)}`);
  process.stderr.write([`${path} is not a valid Compose file:`, ...(faults ?? []), ''].join('\n'));
  process.exitCode = 1;
}

import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { node } from '@touchline/testing/touchline.js';
import { releasedFolder } from '@touchline/topics/released-schemas.js';
import type { Schema } from '@touchline/topics/schema.js';

const SCRIPT = resolve(import.meta.dirname, '../../dist/libs/intake/release-schemas.js');

/** One kind of message of each topic, and a field of it that must be there. */
const ONE_OF_EACH = {
  touchpoints: ['touchpoint.call-received', 'recordedAt'],
  complaints: ['complaint.closed', 'recordedAt'],
  'journey-status': ['journey.status-changed', 'lifecycle'],
  manifests: ['manifest', 'hash'],
  intake: ['intake.call-received', 'occurredAt'],
  'intake.rejected': ['intake-rejected', 'rejectedAt'],
} as const;

describe('npm run check:schemas', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'touchline-schemas-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** The check against a past in which one kind of message of each topic was another. */
  async function checked(past: (schema: Schema, field: string) => Schema): Promise<{ code: number; faults: string[] }> {
    const released = join(folder, 'libs/topics/released');
    await cp(releasedFolder, released, { recursive: true });
    for (const [type, field] of Object.values(ONE_OF_EACH)) {
      const file = join(released, `${type}.v1.json`);
      await writeFile(file, JSON.stringify(past(JSON.parse(await readFile(file, 'utf8')) as Schema, field)));
    }
    const { code, stderr } = await node([SCRIPT, '--check'], { cwd: folder, env: {} });
    return { code, faults: stderr.split('\n') };
  }
  const withField = (schema: Schema, name: string, field: Schema): Schema => ({
    ...schema,
    properties: { ...schema.properties, [name]: field },
  });

  it('passes as things are', async () => {
    expect(await checked((schema) => schema)).toEqual({ code: 0, faults: [''] });
  });

  it.each<[string, (schema: Schema, field: string) => Schema, (field: string, isTaken: boolean) => string]>([
    [
      'a field was removed',
      (schema) => ({ ...withField(schema, 'former', { type: 'string' }), required: [...(schema.required ?? []), 'former'] }),
      (_, isTaken) => `the data: former is ${isTaken ? 'taken' : 'required'} no more`,
    ],
    [
      'a type was changed',
      (schema, field) => withField(schema, field, { type: 'boolean' }),
      (field) => `${field}: type is "string" and was "boolean"`,
    ],
    [
      'a required field came',
      (schema, field) => ({ ...schema, required: schema.required?.filter((each) => each !== field) ?? [] }),
      (field) => `the data: ${field} became required, and older messages lack it`,
    ],
  ])('fails where %s, on whichever topic, and names schema, field and rule', async (_, past, fault) => {
    const { code, faults } = await checked(past);
    expect(code).toBe(1);
    for (const [topic, [type, field]] of Object.entries(ONE_OF_EACH))
      expect(faults.join('\n')).toContain(`${type} ${topic.startsWith('intake') ? 2 : 1} against 1: ${fault(field, topic === 'intake')}`);
  });
});

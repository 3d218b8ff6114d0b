import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { knownFields, renderKnownFields } from './known-fields.js';
import { bikes } from './testing/fixtures.js';

describe('the fields that a mapping may name', () => {
  it('are those that its check has, with what is required', () => {
    const visit = knownFields().touchpoints.find(({ touchpoint }) => touchpoint === 'visit-received');
    expect(visit?.fields.filter(({ required }) => required).map(({ name }) => name)).toEqual(['batchSize', 'first', 'contactTaken']);
    expect(knownFields(bikes).touchpoints.find(({ touchpoint }) => touchpoint === 'engaged')).toMatchObject({
      channel: 'other',
      fields: [
        { name: 'size', kind: 'whole number', required: false },
        { name: 'on', kind: 'time', required: false },
      ],
    });
  });

  it('stand in the guide', async () => {
    const page = await readFile(resolve(import.meta.dirname, '../../docs/import-fields.md'), 'utf8');
    expect(page).toBe(renderKnownFields(knownFields()));
  });
});

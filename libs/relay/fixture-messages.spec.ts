import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@touchline/core';
import { topics } from '@touchline/topics';
import { CE_TYPE_PREFIX, HEADERS, MANIFEST_HEADERS } from '@touchline/topics/contract.js';
import { fixtureFile, fixtureRecords } from '@touchline/topics/examples.js';
import { manifestMessage } from '@touchline/topics/manifest-schema.js';
import { faultsOf } from '@touchline/topics/testing/strict.js';
import { asLines, fixtureKeys, fixtureMessages } from './testing/fixture-messages.js';

describe('the messages that readers are tested with', () => {
  it('are what the platform tells now (else: npm run generate:messages)', () => {
    expect(readFileSync(fixtureFile, 'utf8')).toBe(asLines(fixtureMessages()));
    expect(JSON.parse(readFileSync(join(dirname(fixtureFile), 'keys.json'), 'utf8'))).toEqual({ keys: fixtureKeys.public });
  });

  it('have one of every kind there is, each in its form, with the owner of its sequence in an attribute of its own', () => {
    const kinds = [...topics.flatMap(({ messages }) => messages), manifestMessage];
    const records = fixtureRecords();
    const told = new Set(records.map(({ headers }) => headers['ce_type']));
    expect(kinds.filter(({ type }) => !told.has(CE_TYPE_PREFIX + type)).map(({ type }) => type)).toEqual([]);
    for (const { headers, value, topic } of records) {
      const kind = kinds.find(({ type }) => CE_TYPE_PREFIX + type === headers['ce_type'])!;
      const isManifest = topic.endsWith('.manifests');
      expect(faultsOf(isManifest ? MANIFEST_HEADERS : HEADERS, headers)).toBe('');
      if (kind.schema !== null) expect(faultsOf(kind.schema, JSON.parse(value ?? '') as JsonObject)).toBe('');
      if (!isManifest) expect(headers['ce_sequencekey']).toBe(headers['ce_partitionkey']);
    }
  });
});

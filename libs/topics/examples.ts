import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '@touchline/core';
import { CE_TYPE_PREFIX } from './contract.js';

/** A record as it stands on a topic, to show and to test readers with. */
export interface FixtureRecord {
  topic: string;
  partition: number;
  key: string;
  headers: Record<string, string>;
  value: string | null;
}

export interface ExampleRecord extends JsonObject {
  headers: Record<string, string>;
  payload: JsonObject | null;
}

/** One JSON object a line, in the order in which they would be told; the topics under the prefix `touchline`. */
export const fixtureFile = join(import.meta.dirname, 'examples', 'messages.jsonl');

export const fixtureRecords = (): FixtureRecord[] =>
  readFileSync(fixtureFile, 'utf8')
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as FixtureRecord]));

/** The first record of each type, by the type without its prefix. */
export function exampleRecords(): Map<string, ExampleRecord> {
  const examples = new Map<string, ExampleRecord>();
  for (const { headers, value } of fixtureRecords()) {
    const type = (headers['ce_type'] ?? '').slice(CE_TYPE_PREFIX.length);
    const payload = value === null ? null : (JSON.parse(value) as JsonObject);
    if (!examples.has(type)) examples.set(type, { headers, payload });
  }
  return examples;
}

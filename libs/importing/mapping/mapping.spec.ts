import { describe, expect, it } from '@jest/globals';
import { MappingFaults } from '../faults.js';
import { MAPPING, bikes, mappingOf } from '../testing/fixtures.js';
import { checkMapping } from './check-mapping.js';

/** The mapping with lines replaced; each text must be there. */
function changed(...changes: [string, string][]): string {
  return changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the mapping has no ${from}`);
    return text.replace(from, to);
  }, MAPPING);
}

function formFaults(text: string): readonly string[] {
  try {
    mappingOf(text);
    return [];
  } catch (error) {
    if (error instanceof MappingFaults) return error.faults;
    throw error;
  }
}
const meaningFaults = (...changes: [string, string][]): string[] => checkMapping(mappingOf(changed(...changes)), bikes);

describe('a mapping file', () => {
  it('is read', () => {
    expect(mappingOf().facts.map((fact) => fact.name)).toEqual(['engaged', 'won', 'lost']);
    expect(checkMapping(mappingOf(), bikes)).toEqual([]);
  });

  it('tells every fault of its form at once, with the line', () => {
    const text = changed(
      ['source: crm', 'source: CRM System'],
      ['format: csv', 'format: excel'],
      ['zone: Asia/Shanghai\n', ''],
      ['    at: { column: engaged, format: yyyy-MM-dd }', '    at: { column: engaged }'],
      ['when: [{ column: stage, is: Lost }]', 'where: [{ column: stage, is: Lost }]'],
    );
    expect(formFaults(text)).toEqual([
      'line 2, mapping: "zone" is missing',
      'line 4, source: must match pattern "^[a-z0-9][a-z0-9-]{1,39}$"',
      'line 5, file.format: must be one of csv, jsonl, xes',
      'line 20, facts.0.at: "format" is missing',
      'line 28, facts.2: there is no key "where"',
    ]);
  });

  it('refuses a value of two sources, or of none, and YAML that is broken', () => {
    expect(formFaults(changed(['{ value: bikes }', '{ value: bikes, column: 3 }']))).toHaveLength(1);
    expect(formFaults(changed(['{ value: bikes }', '{ transform: trim }'])).at(-1)).toMatch(
      /line 12, journey.productLine: must have exactly one/,
    );
    expect(formFaults('version: [1')[0]).toMatch(/^line 1: /);
    expect(formFaults('version: 1\nversion: 1')[0]).toMatch(/^line 2: .*unique/);
    expect(formFaults('')).not.toEqual([]);
  });

  it('tells every fault of its meaning at once', () => {
    expect(
      meaningFaults(
        ['zone: Asia/Shanghai', 'zone: Asia/Atlantis'],
        ['{ column: sector, default', '{ column: sector, join: accounts, default'],
        ['sector:', 'region:'],
        ['closed, format: yyyy-MM-dd', 'closed, format: DD.MM.YY'],
        ['fields: { kind: { value: unknown } }', 'fields: { why: { column: why } }'],
        ['fields: { size: { column: size } }', 'fields: { colour: { column: size } }'],
        [', currency: USD', ''],
        ['name: lost', 'name: won'],
      ),
    ).toEqual([
      'zone: there is no time zone "Asia/Atlantis"',
      'journey.attributes.region: there is no joined file "accounts"',
      'journey.attributes.region: the playbook bikes knows no such label',
      'facts.0.fields.colour: engaged has no such field',
      expect.stringMatching(/^facts.1.at.format: .*DD/),
      'facts.1.fields.price: money needs its currency',
      'facts.2.fields: journey-lost needs "kind"',
      'facts: two facts have the name "won", which stands in their references',
    ]);
  });

  it('knows the touchpoints of the program and of the playbook, and no other', () => {
    expect(meaningFaults(['touchpoint: journey-lost', 'touchpoint: teleported'])[0]).toMatch(
      /no touchpoint "teleported"; there are call-received/,
    );
    expect(meaningFaults(['touchpoint: journey-lost', 'touchpoint: constructor'])).toHaveLength(1);
  });
});

import { describe, expect, it } from '@jest/globals';
import type { Case } from './facts.js';
import type { Mapping } from './mapping/mapping.js';
import { makePlan } from './plan.js';
import { readCase } from './read-case.js';
import { bikes, mappingOf } from './testing/fixtures.js';

const won = { id: 'A1', office: 'East', account: 'Acme', agent: 'Mei-Mei Johns', product: 'GTX', sector: 'retail', size: '3' };
const dated = { ...won, engaged: '2016-10-20', stage: 'Won', closed: '2017-03-01', value: '1054.5' };

function read(rows: Record<string, string>[], change: (mapping: Mapping) => void = () => undefined): Case {
  const mapping = mappingOf();
  change(mapping);
  const plan = makePlan(mapping, bikes, (login) => `id of ${login}`);
  const records = rows.map((row, index) => ({ line: index + 2, cells: plan.columns.map((column) => row[column] ?? null) }));
  return readCase(plan, 'A1', records);
}
const faults = (found: Case): unknown[] =>
  found.faults.map(({ line, column, reason, value }) => [line, column, reason, ...(value ? [value] : [])]);

describe('a case', () => {
  it.each(['0001-01-01', '9999-12-31', '2016-02-30'])('has no fact of %s', (engaged) => {
    const found = read([{ ...dated, engaged }]);
    expect(faults(found)).toEqual([[2, 'engaged', 'value.not-a-time', engaged]]);
    expect(found.facts.map(({ name }) => name)).toEqual(['won']);
  });

  it('is told in the one form that texts are compared in', () => {
    const { journey, faults: none } = read([
      { ...dated, account: '\u202aＡcme\u3000 Ltd\u200b ', product: '\u200b\u3000', sector: ' re\u2060tail ' },
    ]);
    expect(none).toEqual([]);
    expect(journey).toMatchObject({ customer: { identifier: 'Acme Ltd', name: 'Acme Ltd' }, attributes: { sector: 'retail' } });
    expect(journey).not.toHaveProperty('product');
  });

  it('comes to its journey and its facts, in order of time', () => {
    expect(read([dated])).toEqual({
      key: 'A1',
      rows: 1,
      rowsWithoutFact: 0,
      faults: [],
      reported: 0,
      journey: {
        line: 2,
        siteId: 'east',
        productLine: 'bikes',
        customer: { identifier: 'Acme', name: 'Acme' },
        ownerId: 'id of mei-mei-johns',
        product: 'GTX',
        attributes: { sector: 'retail' },
      },
      facts: [
        {
          name: 'engaged',
          line: 2,
          each: false,
          touchpoint: 'engaged',
          statedAt: '2016-10-19T16:00:00.000Z',
          occurredAt: '2016-10-19T16:00:00.000Z',
          precision: 'day',
          until: '2016-10-20T16:00:00.000Z',
          dayOfMonth: 20,
          channel: 'other',
          direction: 'in',
          responsibleId: 'id of mei-mei-johns',
          fields: { size: 3 },
        },
        {
          name: 'won',
          line: 2,
          each: false,
          touchpoint: 'contract-signed',
          statedAt: '2017-02-28T16:00:00.000Z',
          occurredAt: '2017-02-28T16:00:00.000Z',
          precision: 'day',
          until: '2017-03-01T16:00:00.000Z',
          dayOfMonth: 1,
          channel: 'showroom',
          direction: 'in',
          responsibleId: 'id of mei-mei-johns',
          fields: { price: { amount: 105450, currency: 'USD' } },
        },
      ],
    });
  });

  it('keeps the order of the file for facts of one time, and of the mapping for those of one record', () => {
    const rows = [
      { ...dated, stage: 'Lost', engaged: '2017-03-01' },
      { ...dated, engaged: '2017-01-01' },
    ];
    expect(read(rows).facts.map(({ line, name }) => `${line} ${name}`)).toEqual(['3 engaged', '2 engaged', '2 lost', '3 won']);
  });

  it('reports what has no date, and records the rest', () => {
    const found = read([{ ...dated, engaged: '' }]);
    expect(faults(found)).toEqual([[2, 'engaged', 'value.missing']]);
    expect(found.facts.map((fact) => fact.name)).toEqual(['won']);
    expect(found.reported).toBe(1);
  });

  it('reports every value it cannot read, with the value', () => {
    const found = read([{ ...dated, engaged: '10/20/2016', size: 'big', closed: '2017-02-30', value: '1,054' }]);
    expect(faults(found)).toEqual([
      [2, 'engaged', 'value.not-a-time', '10/20/2016'],
      [2, 'size', 'value.not-a-number', 'big'],
      [2, 'closed', 'value.not-a-time', '2017-02-30'],
      [2, 'value', 'value.not-a-number', '1,054'],
    ]);
    expect(found.reported).toBe(2);
  });

  it('holds declared fields against the schema of the playbook', () => {
    expect(read([{ ...dated, size: '12' }]).faults).toMatchObject([{ reason: 'field.maximum', detail: expect.stringContaining('size') }]);
  });

  it('needs somebody responsible: whom the fact names, else the owner of the journey', () => {
    const responsible = { column: 'closer', transform: 'slug' as const };
    const close = (mapping: Mapping): void => mapping.facts.slice(1).forEach((fact) => (fact.responsible = responsible));
    expect(read([{ ...dated, closer: 'Wang' }], close).facts.map((fact) => fact.responsibleId)).toEqual([
      'id of mei-mei-johns',
      'id of wang',
    ]);
    expect(faults(read([{ ...dated, agent: '?', closer: '?' }], close))).toEqual([
      [2, '', 'responsible.missing'],
      [2, 'closer', 'responsible.missing'],
    ]);
  });

  it('never shows a personal value', () => {
    const found = read(
      [{ ...dated, account: 'A\0cme', agent: 'B\0', engaged: '?', stage: '?' }],
      (mapping) => (mapping.personal = ['agent']),
    );
    expect(faults(found)).toEqual([
      [2, 'agent', 'value.invalid-text'],
      [2, 'account', 'value.invalid-text'],
      [2, 'engaged', 'value.missing'],
    ]);
  });

  it('reports the facts of a journey that cannot be described, each record once', () => {
    const found = read([{ ...dated, office: 'North' }, dated]);
    expect(found.journey).toBeNull();
    expect(found.facts).toEqual([]);
    expect(found.reported).toBe(4);
    expect(faults(found)).toEqual([
      [2, 'office', 'value.not-mapped', 'North'],
      [3, '', 'journey.not-described'],
    ]);
  });

  it('opens the journey unidentified where the mapping says so, else reports', () => {
    const without = { ...dated, account: '?' };
    expect(read([without]).journey?.customer).toBeUndefined();
    const strict = read([without], (mapping) => (mapping.journey.customer!.whenMissing = 'report'));
    expect(faults(strict)).toEqual([[2, 'account', 'value.missing']]);
  });

  it('reports a record that no fact applies to', () => {
    const none = (mapping: Mapping): void => void mapping.facts.shift();
    expect(faults(read([{ ...dated, stage: 'Dreaming' }], none))).toEqual([[2, '', 'record.no-fact']]);
    expect(
      read([{ ...dated, stage: 'Dreaming' }], (mapping) => {
        none(mapping);
        mapping.unmatched = 'ignore';
      }).faults,
    ).toEqual([]);
  });

  it('draws facts and the journey from the first or last record of the case', () => {
    const rows = [dated, { ...dated, sector: 'medical', engaged: '2016-10-21' }, { ...dated, sector: 'software' }];
    const found = read(rows, (mapping) => {
      mapping.journey.from = 'last';
      mapping.facts = [{ ...mapping.facts[0]!, row: 'last' }];
    });
    expect(found.journey?.attributes).toEqual({ sector: 'software' });
    expect(found.facts.map((fact) => fact.line)).toEqual([4]);
  });

  it('says which facts stand once in a case, by their reference or without one, and which each record is of its own', () => {
    const identities = (change: (mapping: Mapping) => void) =>
      read([dated, { ...dated, size: '4' }], (mapping) => {
        mapping.facts.splice(1);
        change(mapping);
      }).facts.map(({ reference, each }) => [reference, each]);
    expect(identities(() => undefined)).toEqual([
      [undefined, false],
      [undefined, false],
    ]);
    expect(identities((mapping) => (mapping.facts[0]!.reference = [{ column: 'size' }]))).toEqual([
      ['3', false],
      ['4', false],
    ]);
    expect(identities((mapping) => (mapping.facts[0]!.row = 'first'))).toEqual([['', false]]);
    for (const occurrence of ['each', 'line'] as const)
      expect(identities((mapping) => (mapping.facts[0]!.occurrence = occurrence))[0]).toEqual([undefined, true]);
  });

  it('makes no two keys one', () => {
    const plan = makePlan({ ...mappingOf(), case: [{ column: 'id' }, { column: 'office' }] }, bikes, String);
    const key = (id: string, office: string): unknown =>
      plan.caseKey({ line: 2, cells: plan.columns.map((column) => (column === 'id' ? id : column === 'office' ? office : null)) });
    expect(key('a:b', 'c')).not.toEqual(key('a', 'b:c'));
    expect(key('a', '')).toMatchObject({ fault: { column: 'office', reason: 'value.missing' } });
  });
});

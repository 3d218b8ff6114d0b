import { describe, expect, it } from '@jest/globals';
import type { FieldValue } from '../mapping/mapping.js';
import { Columns } from './columns.js';
import { fieldReader } from './field-reader.js';
import type { Kind } from './kinds.js';

const record: Record<string, string> = {
  a: 'one',
  b: ' two ',
  none: '-',
  due1: '2026-01-31',
  sum1: '100',
  due2: '',
  sum2: '',
  lone: '5',
  exp: '2.298E5',
};

function read(kind: Kind, value: FieldValue): unknown {
  const columns = new Columns();
  const reader = fieldReader(kind, value, { missing: new Set(), columns }, { zone: 'UTC', clockChange: 'reject', userId: String });
  const found = reader({ line: 2, cells: columns.list.map((column) => record[column] ?? null) });
  return found.fault ?? found.json;
}

const schedule: Kind = { kind: 'records', of: { dueAt: { kind: 'instant' }, amount: { kind: 'money' } } };
const instalment = (due: string, sum: string): Record<string, FieldValue> => ({
  dueAt: { column: due, format: 'yyyy-MM-dd' },
  amount: { column: sum, currency: 'CNY' },
});

describe('a field', () => {
  it('is a list of what several columns hold', () => {
    const list: Kind = { kind: 'list', max: 10 };
    expect(read(list, { list: [{ column: 'a' }, { column: 'none', missing: ['-'] }, { column: 'b' }] })).toEqual(['one', 'two']);
    expect(read(list, { list: [{ column: 'due2' }] })).toBeUndefined();
    expect(read(list, { list: [{ column: 'due2' }], required: true })).toMatchObject({ reason: 'value.missing' });
  });

  it('is a list of records, without those that hold nothing', () => {
    const records = [instalment('due1', 'sum1'), instalment('due2', 'sum2')];
    expect(read(schedule, { records })).toEqual([{ dueAt: '2026-01-31T00:00:00.000Z', amount: { amount: 10_000, currency: 'CNY' } }]);
    expect(read(schedule, { records: [instalment('due2', 'lone')] })).toMatchObject({ column: 'due2', reason: 'value.missing' });
    expect(read(schedule, { records: [instalment('a', 'sum1')] })).toMatchObject({ column: 'a', reason: 'value.not-a-time', raw: 'one' });
  });

  it('is a record of several columns', () => {
    const checklist: Kind = { kind: 'record', of: { passed: { kind: 'integer', min: 0, max: 999 } } };
    expect(read(checklist, { record: { passed: { column: 'lone' } } })).toEqual({ passed: 5 });
  });

  it('has the one format of several that fits, and none where two say different things', () => {
    const time = (column: string, format: string[]): unknown => read({ kind: 'instant' }, { column, format });
    record['mixed'] = '13/04/2024';
    record['either'] = '03/04/2024';
    expect(time('mixed', ['M/d/yyyy', 'dd/MM/yyyy'])).toBe('2024-04-13T00:00:00.000Z');
    expect(time('either', ['MM/dd/yyyy', 'dd/MM/yyyy'])).toMatchObject({ reason: 'value.ambiguous-time' });
    expect(time('due1', ['MM/dd/yyyy', 'iso'])).toBe('2026-01-31T00:00:00.000Z');
  });

  it('has a number in E notation where the mapping says so', () => {
    const money: Kind = { kind: 'money' };
    expect(read(money, { column: 'exp', currency: 'CNY' })).toMatchObject({ reason: 'value.not-a-number' });
    expect(read(money, { column: 'exp', currency: 'CNY', scientific: true })).toEqual({ amount: 22_980_000, currency: 'CNY' });
  });
});

import { describe, expect, it } from '@jest/globals';
import type { Condition, Value } from '../mapping/mapping.js';
import { Columns } from './columns.js';
import { conditionReader } from './condition.js';
import type { ValueScope } from './read-value.js';
import { valueReader } from './read-value.js';

const record: Record<string, string> = { name: ' Mei-Mei  Johns ', stage: 'Won', none: '?', blank: '  ', nul: 'a\0b', half: '\ud800' };

function scope(): ValueScope {
  return { missing: new Set(['?']), columns: new Columns() };
}
const rowOf = ({ columns }: ValueScope) => ({ line: 2, cells: columns.list.map((column) => record[column] ?? null) });

function read(value: Value): unknown {
  const of = scope();
  const reader = valueReader(value, of);
  const result = reader(rowOf(of));
  return result.fault === undefined ? result.value : result.fault;
}
const holds = (...conditions: Condition[]): boolean => {
  const of = scope();
  const check = conditionReader(conditions, of);
  return check(rowOf(of));
};

describe('a value', () => {
  it.each<[Value, unknown]>([
    [{ column: 'name' }, ' Mei-Mei  Johns '],
    [{ column: 'name', transform: 'trim' }, 'Mei-Mei  Johns'],
    [{ column: 'name', transform: 'slug' }, 'mei-mei-johns'],
    [{ column: 'none' }, null],
    [{ column: 'blank' }, null],
    [{ column: 'absent' }, null],
    [{ column: 'none', default: '(no account)' }, '(no account)'],
    [{ value: 7 }, '7'],
    [{ column: 'stage', map: { Won: true } }, 'true'],
    [{ column: 'stage', map: { Lost: 'x' }, otherwise: 'keep' }, 'Won'],
    [{ column: 'none', map: { Lost: 'x' } }, null],
    [{ parts: [{ column: 'stage' }, { value: 'x' }], separator: '/' }, 'Won/x'],
    [{ parts: [{ column: 'stage' }, { column: 'none' }] }, null],
  ])('%j', (value, expected) => expect(read(value)).toEqual(expected));

  it.each<[Value, object]>([
    [
      { column: 'none', required: true },
      { column: 'none', reason: 'value.missing' },
    ],
    [
      { column: 'stage', map: { Lost: 'x' } },
      { column: 'stage', reason: 'value.not-mapped', raw: 'Won' },
    ],
    [{ column: 'nul' }, { column: 'nul', reason: 'value.invalid-text' }],
    [{ column: 'half' }, { column: 'half', reason: 'value.invalid-text' }],
    [{ parts: [{ column: 'stage' }, { column: 'none', required: true }] }, { column: 'none', reason: 'value.missing' }],
  ])('%j is a fault', (value, fault) => expect(read(value)).toMatchObject(fault));

  it('takes what every object has for no value and no meaning', () => {
    expect(read({ column: 'stage', map: {}, otherwise: 'keep' })).toBe('Won');
    record['proto'] = 'constructor';
    expect(read({ column: 'proto', map: { a: 'b' } })).toMatchObject({ reason: 'value.not-mapped' });
  });
});

describe('conditions', () => {
  it.each<[Condition[], boolean]>([
    [[{ column: 'stage', is: 'Won' }], true],
    [[{ column: 'stage', is: ['Lost', 'Won'] }], true],
    [[{ column: 'stage', isNot: 'Won' }], false],
    [[{ column: 'none', isNot: 'Won' }], true],
    [[{ column: 'none', is: '?' }], false],
    [[{ column: 'none', present: false }], true],
    [[{ column: 'name', is: 'Mei-Mei  Johns' }], true],
    [
      [
        { column: 'stage', is: 'Won' },
        { column: 'none', present: true },
      ],
      false,
    ],
  ])('%j → %s', (conditions, expected) => expect(holds(...conditions)).toBe(expected));
});

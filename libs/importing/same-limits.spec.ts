import { describe, expect, it } from '@jest/globals';
import type { Field, Json } from '@touchline/core';
import { form } from '@touchline/core';
import { classOf } from '@touchline/http';
import { validationPipe } from '@touchline/server/validation.js';
import { BUILT_INS, builtIn, formOf } from './touchpoint-fields.js';
import { fieldReader } from './values/field-reader.js';
import { Columns } from './values/columns.js';
import { bikes } from './testing/fixtures.js';

// What is taken of a field over HTTP, in a message and in an import is the same: the limit is taken, and one more is not.

interface Value {
  json: Json;
  /** As a source writes it. */
  text: string;
  fits: boolean;
}

const text = (json: string, fits: boolean): Value => ({ json, text: json, fits });
const list = (json: string[], fits: boolean): Value => ({ json, text: json.join('|'), fits });
const whole = (json: number, fits: boolean): Value => ({ json, text: String(json), fits });

/** At each limit and beyond it. */
function valuesOf({ kind }: Field): Value[] {
  switch (kind.is) {
    case 'text':
      return [text('长'.repeat(kind.max), true), text('长'.repeat(kind.max + 1), false)];
    case 'choice':
      return [...kind.of.map((each) => text(each, true)), text('another', false)];
    case 'integer':
      return [whole(kind.min, true), whole(kind.max, true), whole(kind.min - 1, false), whole(kind.max + 1, false)];
    case 'texts': {
      const items = Array.from({ length: kind.maxItems + 1 }, (_, index) => `item ${index}`);
      return [
        list(items.slice(1), true),
        list(items, false),
        list(['长'.repeat(kind.max)], true),
        list(['长'.repeat(kind.max + 1)], false),
      ];
    }
    default:
      return [];
  }
}

const rows = BUILT_INS.flatMap((touchpoint) =>
  Object.entries(builtIn(touchpoint)?.fields ?? {}).flatMap(([name, field]) =>
    name === 'note'
      ? []
      : valuesOf(field).map((value, index) => [`${touchpoint} ${name} ${index}`, touchpoint, name, field, value] as const),
  ),
);

describe('a field of a touchpoint', () => {
  it('is tried of every kind that has a limit', () => {
    expect(new Set(rows.map(([, , , { kind }]) => kind.is))).toEqual(new Set(['text', 'choice', 'integer', 'texts']));
    expect(rows.length).toBeGreaterThan(100);
  });

  it.each(rows)('has the same limits in a request and in an import: %s', async (_, touchpoint, name, field, { json, text, fits }) => {
    const asked = validationPipe().transform({ [name]: json }, { type: 'body', metatype: classOf(form('Alone', { [name]: field })) });
    const overHttp = await asked.then(
      () => true,
      () => false,
    );
    const { kind } = formOf(touchpoint, bikes)!.fields[name]!;
    const columns = new Columns();
    const read = fieldReader(
      kind,
      { column: 'c', separator: '|' },
      { missing: new Set(), columns },
      { zone: 'UTC', clockChange: 'reject', userId: String },
    );
    const inImport = read({ line: 2, cells: [text] }).fault === undefined;
    expect([overHttp, inImport]).toEqual([fits, fits]);
  });
});

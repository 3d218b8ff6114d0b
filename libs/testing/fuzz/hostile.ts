import fc from 'fast-check';

// Values that went wrong somewhere, each standing for a kind, and what chance makes of them.

/** Text of JSON that no value comes to: a number without bounds, a field named twice. */
export class Raw {
  constructor(readonly json: string) {}

  toString(): string {
    return this.json;
  }
}

/** One time in so many; else null. */
export const oneIn = <T>(times: number, value: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: times - 1, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: value });

/** As JSON, with raw texts as they are. */
export function jsonOf(value: unknown): string {
  if (value instanceof Raw) return value.json;
  if (Array.isArray(value)) return `[${value.map(jsonOf).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const fields = Object.entries(value).filter(([, each]) => each !== undefined);
  return `{${fields.map(([name, each]) => `${JSON.stringify(name)}:${jsonOf(each)}`).join()}}`;
}

export const INHERITED = ['__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', '__defineGetter__'] as const;

const INSTANTS = [
  ...['0000-01-01T00:00:00Z', '0001-01-01T00:00:00+08:00', '0050-06-01T00:00:00Z', '1899-12-31T23:59:59Z', '1900-01-01T00:00:00Z'],
  ...[
    '9999-12-31T23:59:59-08:00',
    '2200-12-31T23:59:59.999Z',
    '2201-01-01T00:00:00Z',
    '+010000-01-01T00:00:00Z',
    '-000001-01-01T00:00:00Z',
  ],
  ...['2026-02-30T10:00:00+08:00', '2026-02-30', '2026-13-01T00:00:00Z', '2026-03-02T24:00:00Z', '2026-06-30T23:59:60Z'],
  ...['2026-03-02T10:00:00+23:59', '2026-03-02T10:00:00-00:00', '2026-03-02T10:00:00', '1e400', '0', '294247-01-10T04:00:54.775807Z'],
  ...['infinity', '-infinity', 'now', 'epoch', '２０２６-03-02T10:00:00Z', '2026-03-02T10:00:00Z\n', '2024-02-29T12:00:00.123456789+05:45'],
];

const NUMBERS = [
  ...[
    0,
    -0,
    -1,
    1.5,
    1e-7,
    2 ** 31 - 1,
    2 ** 31,
    -(2 ** 31) - 1,
    2 ** 53 - 1,
    2 ** 53,
    2 ** 63,
    1e12,
    1e12 + 1,
    1e21,
    1.7976931348623157e308,
  ],
  ...['1e400', '-1e400', '1E+999', '9223372036854775807', '9223372036854775808', '0.1e-400', `1${'0'.repeat(400)}`].map(
    (text) => new Raw(text),
  ),
];

const TEXTS = [
  ...[
    '',
    ' ',
    '\t\n\r',
    '\u3000',
    '\u200b',
    '\u202e\u2066\u2069',
    '\u3164',
    '\ufeff',
    'a\0b',
    '\0',
    '\ud800',
    '\udfff\ud800',
    '\u0001\u007f\u0085',
  ],
  ...[
    '\u202a王芳\u202c',
    'Ｗｅ\u200bＣｈａｔ',
    '\ufdfa'.repeat(20),
    'e\u0301\u0323',
    '👩‍👩‍👧‍👦',
    '\u{10ffff}',
    '\u{e0041}',
    '\u2028\u2029',
    'ß',
    'İ',
    'ﬃ',
  ],
  ...[
    "'; drop table x; --",
    '%',
    '_%',
    '\\',
    '\\u0000',
    '$1',
    '${x}',
    '{{x}}',
    '../../etc/passwd',
    '%00',
    '%ff',
    '=1+1',
    '@x',
    '<script>',
    'null',
    'NaN',
  ],
  ...['x'.repeat(200), '长'.repeat(4_001), 'x'.repeat(20_001), '\u0300'.repeat(500), ' '.repeat(10_000), '王'.repeat(101)],
  ...['138 0000 1111', '＋86 138\u200b0000\u202a1111', '021-5888-0000转8', '+1', '1'.repeat(40), 'tel:+8613800001111;ext=5'],
  ...[
    ...INHERITED,
    'all',
    'pudong',
    'auto-ssp9',
    '00000000000004d2',
    'ffffffffffffffff',
    '00000000-0000-0000-0000-000000000000',
    'true',
    '[]',
    '{}',
  ],
];

const cursorOf = (...key: unknown[]): string => Buffer.from(jsonOf(key)).toString('base64url');
const SORTED = [
  'last-touch desc',
  'last-touch asc',
  'known-since desc',
  'opened desc',
  'opened asc',
  'occurred desc',
  'occurred asc',
  'id asc',
  'closest desc',
];
const cursor = fc
  .tuple(
    fc.constantFrom(...SORTED),
    fc.array(fc.constantFrom<unknown>(...NUMBERS, ...INSTANTS, ...TEXTS.slice(0, 20), null, []), { maxLength: 3 }),
  )
  .map(([sort, key]) => cursorOf(sort, ...key));

const YAML = [
  ...[
    '',
    'id: [unclosed',
    '['.repeat(20_000),
    `{${Array.from({ length: 3_000 }, (_, index) => `k${index}: a`).join()}}`,
    'a: &a [*a]',
    '!!js/function 3',
  ],
  ...[
    '__proto__: { x: 1 }',
    'stages: { constructor: 1 }',
    'version: 1e400',
    'id: "\\0"',
    '? [a]\n: b',
    '&a a: *a',
    'a: *b',
    '%YAML 9',
    '--- a\n--- b',
  ],
];

const many = (value: unknown): unknown[] => Array.from({ length: 6_000 }, () => value);
const nested = (depth: number): Raw => new Raw('['.repeat(depth) + ']'.repeat(depth));
const STRUCTURES = [
  ...[null, true, false, [], {}, [[]], [null], [{}], many({}), many('x'), many(7), nested(17), nested(20_000)],
  ...INHERITED.map((name) => new Raw(`{${JSON.stringify(name)}:{"x":1}}`)),
  ...[new Raw('{"a":1,"a":2}'), Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`f${index}`, index]))],
];

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...TEXTS) },
  { weight: 2, arbitrary: fc.constantFrom(...INSTANTS) },
  { weight: 1, arbitrary: fc.constantFrom(...YAML) },
  { weight: 1, arbitrary: cursor },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 60 }) },
);

/** Anything that JSON can say where something else is meant. */
export const hostile: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: hostileText },
  { weight: 3, arbitrary: fc.constantFrom<unknown>(...NUMBERS) },
  { weight: 2, arbitrary: fc.constantFrom<unknown>(...STRUCTURES) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
);

export const hostileInstant = fc.constantFrom(...INSTANTS);

import type { Schema } from '../openapi-examples.js';
import type { BodyField, Route } from './api-document.js';
import { withField } from './api-document.js';
import type { Malformed, Variant } from './malformed.js';
import { only } from './malformed.js';

const BODY_LIMIT = 262_144;
const MAX_DEPTH = 16;

const dotted = ({ path }: BodyField): string => path.join('.');
const json = (value: unknown): string => JSON.stringify(value);

/** The route's example with a field changed, once for each of these values. */
const changed = (field: BodyField, ...values: unknown[]): Variant[] =>
  values.map((value) => ({
    what: `${dotted(field)} ${(JSON.stringify(value) as string | undefined)?.slice(0, 30)}`,
    body: json(withField(field.within, field.path, value)),
    field: dotted(field),
  }));

const typesOf = ({ type }: Schema): string[] => [type ?? []].flat();
const isOf =
  (type: string) =>
  (field: BodyField): boolean =>
    typesOf(field.schema).includes(type);

const WRONG: Readonly<Record<string, readonly unknown[]>> = {
  string: [7, {}],
  integer: ['7', 1.5],
  number: ['7', [7]],
  boolean: ['true', 0],
  array: ['text', {}, [null]],
  object: ['text', [{}]],
};

function ofWrongType(field: BodyField): Variant[] {
  const [type] = typesOf(field.schema);
  const values = type === undefined ? [7, {}, [7]] : (WRONG[type] ?? []);
  return changed(field, ...values, ...(typesOf(field.schema).includes('null') ? [] : [null]));
}

function outOfBounds(field: BodyField): Variant[] {
  const { enum: values, pattern, format, minimum, maximum, minLength, maxLength, minItems, maxItems, items } = field.schema;
  const wrong = [
    ...(values === undefined || isOf('array')(field) ? [] : ['no-such-value']),
    ...(pattern === undefined ? [] : [' \u00a7 ']),
    ...(format === 'uuid' ? ['3f0c2a7e', '../../etc/passwd'] : []),
    ...(format === 'date-time'
      ? [
          ...['2026-03-02', '2026-03-02T10:00:00', '2026-02-30T25:00:00Z', '2026-02-30T10:00:00+08:00', 'yesterday'],
          ...['0000-01-01T00:00:00Z', '0001-01-01T00:00:00+08:00', '0050-06-01T00:00:00Z', '9999-12-31T23:59:59-08:00'],
          ...['2026-03-02T10:00:00+23:59', '2026-03-02T24:00:00Z'],
        ]
      : []),
    ...(minimum === undefined ? [] : [minimum - 1]),
    ...(maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? [1_000_000_000_001, Number.MAX_SAFE_INTEGER] : [maximum + 1]),
    ...(minLength === undefined || minLength === 0 ? [] : ['x'.repeat(minLength - 1)]),
    ...(maxLength === undefined ? [] : ['x'.repeat(maxLength + 1)]),
    ...(minItems === undefined || minItems === 0 ? [] : [[]]),
    ...(maxItems === undefined || items?.type !== 'string' ? [] : [Array.from({ length: maxItems + 1 }, (_, index) => `x${index}`)]),
    ...(items?.enum === undefined ? [] : [['no-such-value'], [items.enum[0], items.enum[0]]]),
  ];
  return changed(field, ...wrong);
}

/** Objects of a body, the outermost too, by the way to them. */
function objectsOf({ fields, example }: Route): { path: BodyField['path']; within: BodyField['within'] }[] {
  if (example === undefined) return [];
  const below = fields.flatMap(({ path, within }) => (path.length > 1 ? [{ path: path.slice(0, -1), within }] : []));
  const once = new Map(below.map((object) => [object.path.join('.'), object]));
  return [{ path: [], within: example }, ...once.values()];
}

const texts = ({ fields }: Route): BodyField[] => fields.filter((field) => isOf('string')(field) && field.schema.enum === undefined);
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
/** The example with a further field in front of it, as it is sent. */
const withRaw = (route: Route, key: string, value: string): string =>
  `{${key}:${value}${json(route.example ?? {})
    .replace(/^\{(?=\})/, '')
    .replace(/^\{/, ',')}`;
const needsSomething = ({ fields }: Route): boolean => fields.some(({ path, required }) => required && path.length === 1);

const INVALID = { status: 400, code: 'request.invalid' } as const;

/** What can be wrong with a body, whatever its route makes of it. */
export const MALFORMED_BODIES: readonly Malformed[] = [
  {
    how: 'a required field is missing',
    ...INVALID,
    of: ({ fields }) => fields.filter(({ required }) => required).flatMap((field) => changed(field, undefined)),
  },
  { how: 'a field has a wrong type', ...INVALID, of: ({ fields }) => fields.flatMap(ofWrongType) },
  { how: 'a field is out of its bounds', ...INVALID, of: ({ fields }) => fields.flatMap(outOfBounds) },
  {
    how: 'a field is unknown',
    ...INVALID,
    of: (route) =>
      objectsOf(route).map(({ path, within }) => ({
        body: json(withField(within, [...path, 'noSuchField'], 1)),
        field: [...path, 'noSuchField'].join('.'),
        rule: 'unknown-field',
      })),
  },
  {
    how: 'a text holds NUL',
    status: 400,
    code: 'body.invalid-text',
    of: (route) => [
      ...texts(route).flatMap((field) => changed(field, 'a\0b')),
      ...only(route.method === 'POST', { body: withRaw(route, '"text"', '"\\u0000"'), field: 'text' }),
    ],
  },
  {
    how: 'a text holds half a surrogate pair',
    status: 400,
    code: 'body.invalid-text',
    of: (route) => texts(route).flatMap((field) => changed(field, 'a\ud83d', '\ude00b')),
  },
  {
    how: 'a field has a name that reaches into prototypes, or that cannot be stored',
    status: 400,
    code: 'body.invalid-key',
    of: (route) =>
      ['"__proto__"', '"constructor"', '"prototype"', '"toString"', '"hasOwnProperty"', '"a\\u0000b"', '"\\ud83d"'].flatMap((key) =>
        only(route.method === 'POST', { what: key, body: withRaw(route, key, '{"roles":["admin"]}') }),
      ),
  },
  {
    how: 'it is nested too deep',
    status: 400,
    code: 'body.too-deep',
    of: (route) =>
      [MAX_DEPTH, 10_000].flatMap((depth) =>
        only(route.method === 'POST', { what: String(depth), body: withRaw(route, '"deep"', nested(depth)) }),
      ),
  },
  {
    how: 'a number is larger than any',
    status: 400,
    code: 'body.invalid-number',
    of: (route) =>
      ['1e400', '-1e999', '[1e400]'].flatMap((number) =>
        only(route.method === 'POST', { what: number, body: withRaw(route, '"n"', number) }),
      ),
  },
  {
    how: 'it holds more values than any form takes',
    status: 400,
    code: 'body.too-many-values',
    of: (route) =>
      only(
        route.method === 'POST',
        { what: 'a long list', body: withRaw(route, '"many"', `[${'{},'.repeat(80_000)}{}]`) },
        {
          what: 'many fields',
          body: withRaw(route, '"many"', `{${Array.from({ length: 20_000 }, (_, index) => `"f${index}":1`).join()}}`),
        },
        { what: 'many lists', body: withRaw(route, '"many"', `[${'[1,1],'.repeat(4_000)}1]`) },
      ),
  },
  {
    how: 'it is not JSON',
    status: 400,
    code: 'body.malformed',
    of: (route) =>
      ['{', "{'a':1}", 'undefined', '{"a":NaN}', '\ufeff{}', `${json(route.example ?? {})}x`].flatMap((body) =>
        only(route.method === 'POST', { what: body.slice(0, 20), body }),
      ),
  },
  {
    how: 'it is JSON, but no object',
    ...INVALID,
    of: (route) => only(route.example !== undefined, ...['[]', '[{}]', '"text"', '7', 'true'].map((body) => ({ what: body, body }))),
  },
  {
    how: 'there is none',
    ...INVALID,
    of: (route) => only(needsSomething(route), { what: 'null', body: 'null' }, { what: 'nothing', body: '' }),
  },
  {
    how: 'it is too large',
    status: 413,
    code: 'body.too-large',
    of: (route) => only(route.method === 'POST', { body: withRaw(route, '"large"', json('x'.repeat(BODY_LIMIT))) }),
  },
  {
    how: 'it is of another media type',
    status: 415,
    code: 'body.unsupported-media-type',
    of: (route) =>
      ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/xml', 'nonsense'].flatMap(
        (type) => only(route.method === 'POST', { what: type, body: json(route.example ?? {}), headers: { 'content-type': type } }),
      ),
  },
];

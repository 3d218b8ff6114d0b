import type { Schema } from '../openapi-examples.js';
import { NOBODY } from './look.js';
import type { Malformed, Variant } from './malformed.js';
import { only } from './malformed.js';

const header = (name: string, value: string | null): Variant => ({
  what: String(value).slice(0, 30),
  headers: { [name]: value },
  field: name,
});

/** Cursors that no list has given out. */
const CURSORS = [
  'x',
  '!!!',
  'W10',
  Buffer.from('["id asc"]').toString('base64url'),
  Buffer.from('["opened asc",{},[]]').toString('base64url'),
  // In the order of a list, with keys that no row has.
  ...['opened desc', 'occurred desc'].flatMap((order) =>
    ['2026-02-30T10:00:00.000Z', '0001-01-01T00:00:00.000Z', '2026-03-02T10:00:00+08:00', 'infinity'].map((instant) =>
      Buffer.from(JSON.stringify([order, instant, 'x'])).toString('base64url'),
    ),
  ),
  ...['last-touch desc', 'closest desc'].flatMap((order) =>
    ['1e400', '9223372036854775808', '1.5'].map((number) => Buffer.from(`["${order}",${number},"x"]`).toString('base64url')),
  ),
];

/** Parts of an address that nothing has; an id of a form of its own else. */
const ABSENT: Readonly<Record<string, string>> = {
  siteId: 'nowhere',
  unitId: 'nowhere',
  playbookId: 'nowhere',
  version: '1',
  name: 'nothing',
};

const INVALID = { status: 400, code: 'request.invalid' } as const;

/** Values that a parameter of a query cannot have, as its schema says. */
function notOf({ type, enum: values, format, pattern, minimum, maximum, minLength = 0, maxLength }: Schema): string[] {
  const isText = type === 'string';
  return [
    ...(values === undefined ? [] : ['no-such-value']),
    ...(format === 'uuid' ? ['3f0c2a7e'] : []),
    ...(format === 'date-time'
      ? ['2026-03-02', '2026-03-02T10:00:00', '2026-02-30T10:00:00+08:00', '0001-01-01T00:00:00+08:00', 'now']
      : []),
    ...(pattern === undefined ? [] : ['\u00a7']),
    ...(type === 'integer' || type === 'number' ? ['x', '1.5', 'NaN', '1e999', ''] : []),
    ...(minimum === undefined ? [] : [String(minimum - 1)]),
    ...(maximum === undefined ? [] : [String(maximum + 1)]),
    ...(isText && minLength > 0 && maxLength !== undefined ? [''] : []),
    ...(maxLength === undefined ? [] : ['x'.repeat(maxLength + 1)]),
  ];
}

/** What can be wrong with headers and addresses, whatever their route makes of them. */
export const MALFORMED_REQUESTS: readonly Malformed[] = [
  {
    how: 'the Idempotency-Key is missing or malformed',
    status: 400,
    code: 'idempotency.key-missing',
    of: ({ keyed }) =>
      [null, '', 'seven77', 'x'.repeat(201), 'with a space', 'schl\u00fcssel', 'tab\there'].flatMap((key) =>
        only(keyed, header('Idempotency-Key', key)),
      ),
  },
  {
    how: 'If-Match is malformed',
    status: 400,
    code: 'precondition.malformed',
    of: ({ keyed }) =>
      ['7', 'W/"7"', '"x"', '*', '""', '"-1"', '"7", "8"', '"1234567890"'].flatMap((etag) => only(keyed, header('If-Match', etag))),
  },
  {
    how: 'the address does not decode',
    ...INVALID,
    of: ({ path, pathParameters }) => only(pathParameters.length > 0, { path: path.replace(/\{\w+\}/, '%ZZ') }),
  },
  {
    how: 'a part of the address holds NUL',
    ...INVALID,
    of: ({ path, pathParameters, signedIn }) =>
      pathParameters.flatMap((name) => only(signedIn, { path: path.replace(`{${name}}`, 'a%00b'), field: name })),
  },
  {
    how: 'a part of the address is too long',
    status: 414,
    code: 'address.too-long',
    of: ({ path, pathParameters }) => pathParameters.map((name) => ({ what: name, path: path.replace(`{${name}}`, 'x'.repeat(201)) })),
  },
  {
    how: 'what the address names is not there',
    status: 404,
    code: 'unknown',
    of: ({ path, pathParameters, records, problems }) =>
      [...problems].flatMap((problem) => {
        const [, code] = /^404 (\w+\.(?:unknown|not-registered))$/.exec(problem) ?? [];
        const absent = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ABSENT[name] ?? NOBODY);
        return code === undefined ? [] : only(pathParameters.length > 0 && !records, { path: absent, code });
      }),
  },
  {
    how: 'a parameter of the query holds NUL',
    ...INVALID,
    of: ({ method, signedIn }) => only(method === 'GET' && signedIn, { query: 'after=a%00b', field: 'after' }),
  },
  {
    how: 'a parameter of the query is unknown',
    ...INVALID,
    of: ({ query }) => only(query.length > 0, { query: 'noSuchParameter=1', field: 'noSuchParameter', rule: 'unknown-field' }),
  },
  {
    how: 'a parameter of the query is missing',
    ...INVALID,
    of: ({ query }) => query.filter(({ required }) => required).map(({ name }) => ({ query: '', field: name })),
  },
  {
    how: 'a parameter of the query cannot have this value',
    ...INVALID,
    of: ({ query }) =>
      query.flatMap(({ name, schema }) =>
        notOf(schema).map((value) => ({ what: value.slice(0, 30), query: `${name}=${encodeURIComponent(value)}`, field: name })),
      ),
  },
  {
    how: 'a parameter of the query is given twice',
    ...INVALID,
    of: ({ query }) =>
      query.filter(({ schema }) => schema.type !== 'array').map(({ name }) => ({ query: `${name}=1&${name}=2`, field: name })),
  },
  {
    how: '`after` is a position that the log has not given out',
    status: 400,
    code: 'position.malformed',
    of: ({ query }) =>
      ['x', '1', 'ffffffffffffffff', '0000000000000001 or 1=1'].flatMap((position) =>
        only(
          query.some(({ name }) => name === 'after'),
          { what: position, query: `after=${encodeURIComponent(position)}`, field: 'after' },
        ),
      ),
  },
  {
    how: 'a cursor is none of this list',
    status: 400,
    code: 'cursor.malformed',
    of: ({ query }) =>
      CURSORS.flatMap((cursor) =>
        only(
          query.some(({ name }) => name === 'cursor'),
          { what: cursor, query: `cursor=${encodeURIComponent(cursor)}`, field: 'cursor' },
        ),
      ),
  },
];

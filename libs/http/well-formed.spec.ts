import { describe, expect, it } from '@jest/globals';
import { MOST_FAULTS, Problem } from './problem.js';
import { MAX_DEPTH, MAX_VALUES, assertStorable, assertWellFormed, readJson } from './well-formed.js';

const problemOf = (act: () => unknown): string => {
  try {
    act();
    return 'taken';
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { status, code, errors = [] } = error.document();
    return `${status} ${code} at "${errors.map(({ field }) => field).join()}"`;
  }
};
const read = (text: string): string => problemOf(() => assertWellFormed(readJson(Buffer.from(text))));
const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

describe('a body', () => {
  it.each([
    ['{"a":1e400}', '{"a":1e400}', '400 body.invalid-number at "a"'],
    ['{"a":[{"b":-1e309}]}', '{"a":[{"b":-1e309}]}', '400 body.invalid-number at "a.0.b"'],
    ['{"a":1e308}', '{"a":1e308}', 'taken'],
    ['{"a":{"__proto__":1}}', '{"a":{"__proto__":1}}', '400 body.invalid-key at "a"'],
    ['{"constructor":1}', '{"constructor":1}', '400 body.invalid-key at ""'],
    ['{"toString":1}', '{"toString":1}', '400 body.invalid-key at ""'],
    ['{"hasOwnProperty":1}', '{"hasOwnProperty":1}', '400 body.invalid-key at ""'],
    ['{"__defineGetter__":1}', '{"__defineGetter__":1}', '400 body.invalid-key at ""'],
    ['a long name', `{"${'k'.repeat(201)}":1}`, '400 body.invalid-key at ""'],
    ['{"a":"\\u0000"}', '{"a":"\\u0000"}', '400 body.invalid-text at "a"'],
    ['{"a":"\\ud83d"}', '{"a":"\\ud83d"}', '400 body.invalid-text at "a"'],
    ['as deep as allowed', nested(MAX_DEPTH), 'taken'],
    ['deeper', nested(MAX_DEPTH + 1), `400 body.too-deep at "${Array(MAX_DEPTH).fill(0).join('.')}"`],
    ['as many values as allowed', `[${'1,'.repeat(MAX_VALUES - 2)}1]`, 'taken'],
    ['more', `[${'1,'.repeat(MAX_VALUES)}1]`, '400 body.too-many-values at ""'],
    ['more, in lists', `{"a":[${'[1],'.repeat(MAX_VALUES / 2)}1]}`, '400 body.too-many-values at "a.2"'],
    ['nothing', '', 'taken'],
    ['{', '{', '400 body.malformed at ""'],
    ['a byte order mark', '\ufeff{}', '400 body.malformed at ""'],
  ])('holding %s', (_what, text, problem) => expect(read(text)).toBe(problem));

  it.each([[[0x22, 0xff, 0x22]], [[0x22, 0xc3, 0x22]], [[0x22, 0xed, 0xa0, 0x80, 0x22]], [[0x22, 0xc0, 0x80, 0x22]]])(
    'of the bytes %j is no text',
    (bytes) => expect(problemOf(() => readJson(Buffer.from(bytes)))).toBe('400 body.malformed at ""'),
  );
});

describe('an address', () => {
  it.each(['constructor', 'toString', 'hasOwnProperty', '__proto__', 'k'.repeat(201)])('has no parameter named as %s', (name) => {
    const query: unknown = JSON.parse(`{"limit":"1",${JSON.stringify(name)}:"1"}`);
    expect(problemOf(() => assertStorable({ query, params: {} }))).toBe(`400 request.invalid at "${name.slice(0, 200)}"`);
  });

  it('may have any other, which its form looks at', () => {
    expect(problemOf(() => assertStorable({ query: { limit: '1', q: ['a', 'b'] }, params: { id: 'x' } }))).toBe('taken');
    expect(problemOf(() => assertStorable({ query: { q: ['a', '\0'] }, params: {} }))).toBe('400 request.invalid at "q"');
  });
});

describe('a problem', () => {
  it('tells so many faults at most, the number of the others, and little of what was sent', () => {
    const errors = Array.from({ length: 87_000 }, () => ({
      field: 'f'.repeat(1_000),
      rule: 'r',
      detail: `${'d'.repeat(498)}\ud83d\ude00\ud83d\ude00`,
    }));
    const document = new Problem(400, 'request.invalid', 'wrong', { errors }).document();
    expect([document.errors?.length, document.furtherErrors]).toEqual([MOST_FAULTS, 87_000 - MOST_FAULTS]);
    expect(document.errors?.[0]).toEqual({ field: `${'f'.repeat(199)}…`, rule: 'r', detail: `${'d'.repeat(498)}\ufffd…` });
    expect(new Problem(400, 'x', 'wrong', { errors: errors.slice(0, MOST_FAULTS) }).document()).not.toHaveProperty('furtherErrors');
  });
});

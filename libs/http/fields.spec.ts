import { describe, expect, it } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { Instant, MoneyDto, Nested, OneOfList, Text, TextList } from './fields.js';

class Form {
  @Text({ max: 10 })
  name!: string;

  @Text({ optional: true, max: 4000 })
  note?: string;

  @Text({ optional: true, as: 'given' })
  password?: string;

  @Text({ optional: true, pattern: /^[a-z ]+$/ })
  code?: string;

  @TextList({ optional: true, unique: true, maxItems: 3 })
  words?: string[];

  @OneOfList(['a', 'b'], { optional: true })
  picked?: string[];

  @Instant({ optional: true })
  at?: string;

  @Nested(() => MoneyDto, { optional: true })
  price?: MoneyDto;
}

const taken = (body: object): Form => plainToInstance(Form, body);
const rules = (body: object): string[] =>
  validateSync(taken({ name: 'x', ...body }), { validationError: { target: false } }).flatMap(({ property, constraints, children }) => [
    ...Object.keys(constraints ?? {}).map((rule) => `${property} ${rule}`),
    ...(children ?? []).flatMap((child) => Object.keys(child.constraints ?? {}).map((rule) => `${property}.${child.property} ${rule}`)),
  ]);

describe('a field of a request', () => {
  it('goes on as it is read, not as it was sent', () => {
    expect(
      taken({
        name: '\u202a王\u3000 芳\u200b ',
        note: ' 一\n二，\u200b ',
        password: ' \u3000ｐ ',
        code: ' a ',
        words: ['Ａ', ' b\t c'],
        at: '2026-03-02T10:00+08:00',
      }),
    ).toEqual({
      name: '王 芳',
      note: '一\n二，',
      password: ' \u3000ｐ ',
      code: ' a ',
      words: ['A', 'b c'],
      at: '2026-03-02T02:00:00.000Z',
    });
  });

  it.each(['', '   ', '\u3000', '\u200b\u2066', '\t\n', '\u3164'])('that holds nothing to see, %j, is empty', (name) => {
    expect([rules({ name }), rules({ note: name }), rules({ words: [name] })]).toEqual([
      ['name isLength'],
      ['note isLength'],
      ['words isLength'],
    ]);
  });

  it('is as long as what is kept of it', () => {
    expect(rules({ name: `   ${'x'.repeat(10)}\u200b  ` })).toEqual([]);
    // One sign that comes to eighteen.
    expect(rules({ name: '\ufdfa' })).toEqual(['name isLength']);
  });

  it('of a list stands there once, told apart as it is kept', () => {
    expect([rules({ words: ['a', 'ａ '] }), rules({ picked: ['a', 'a'] }), rules({ picked: ['a', 'b'] })]).toEqual([
      ['words arrayUnique'],
      ['picked arrayUnique'],
      [],
    ]);
  });

  it.each([7, null, {}, [], ['x']])('that is no text, %j, is refused and not made one', (name) => {
    expect(rules({ name })).toContain('name isString');
  });

  it.each(['0001-01-01T00:00:00+08:00', '2026-02-30T10:00:00+08:00', '9999-12-31T23:59:59-08:00', ['2026-03-02T10:00:00Z']])(
    'that is no instant, %j, is refused',
    (at) => expect(rules({ at })).toEqual(['at isInstant']),
  );

  it('holds no amount of which a group could not be the sum', () => {
    expect(rules({ price: { amount: 1_000_000_000_000, currency: 'CNY' } })).toEqual([]);
    expect(rules({ price: { amount: 1_000_000_000_001, currency: 'CNY' } })).toEqual(['price.amount isHeldAmount']);
  });
});

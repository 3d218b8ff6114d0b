import { describe, expect, it } from '@jest/globals';
import type { TypedIdentifierKind } from '@touchline/touchpoints/customer/identifier.events.js';
import { identifierDigest, normaliseIdentifier, readIdentifiers } from './identifiers.js';

const SECRET = 'a secret of the tests';

describe('an identifier', () => {
  it.each<[TypedIdentifierKind, string, string]>([
    ['phone', '136 0000 4444', '+8613600004444'],
    ['email', ' Wang.Fang@Example.COM ', 'wang.fang@example.com'],
    ['email', 'ｗａｎｇ@example.com', 'wang@example.com'],
    ['wechat', 'WangFang_88', 'wangfang_88'],
    ['member-number', 'vip-0012/a', 'VIP-0012/A'],
  ])('of kind %s, %j is kept as %s', (kind, typed, value) => expect(normaliseIdentifier({ kind, value: typed })).toEqual({ value }));

  it.each<[TypedIdentifierKind, string]>([
    ['phone', '123'],
    ['email', 'wang'],
    ['email', 'wang@localhost'],
    ['email', 'a@b@example.com'],
    ['email', 'wang fang@example.com'],
    ['email', `${'a'.repeat(250)}@example.com`],
    ['wechat', 'wang'],
    ['wechat', '王芳王芳王'],
    ['member-number', ' '],
    ['member-number', '-12'],
  ])('of kind %s is not %j', (kind, typed) =>
    expect(normaliseIdentifier({ kind, value: typed })).toMatchObject({ code: `${kind}.invalid` }),
  );

  it('has a digest of its group and kind, keyed by the secret', () => {
    const digest = identifierDigest(SECRET, 'dongfang', 'phone', '+8613600004444');
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(identifierDigest(SECRET, 'other', 'phone', '+8613600004444')).not.toBe(digest);
    expect(identifierDigest(SECRET, 'dongfang', 'wechat', '+8613600004444')).not.toBe(digest);
    expect(identifierDigest('another secret', 'dongfang', 'phone', '+8613600004444')).not.toBe(digest);
  });

  it('counts once however often and however it is typed, and comes in an order that does not depend on it', () => {
    const typed = ['13600004444', '+86 136 0000 4444', '13700001111'].map((value) => ({ kind: 'phone', value }) as const);
    const read = readIdentifiers(SECRET, 'g', typed);
    expect(read).toEqual(readIdentifiers(SECRET, 'g', [...typed].reverse()));
    expect('identifiers' in read && read.identifiers.map(({ value }) => value).sort()).toEqual(['+8613600004444', '+8613700001111']);
  });

  it('is refused by its place among those given, each that is wrong', () => {
    const named = [
      { kind: 'phone', value: '123' },
      { kind: 'phone', value: '13600004444' },
      { kind: 'email', value: 'x' },
    ] as const;
    expect(readIdentifiers(SECRET, 'g', named)).toMatchObject({
      faults: [
        { index: 0, code: 'phone.invalid' },
        { index: 2, code: 'email.invalid' },
      ],
    });
  });
});

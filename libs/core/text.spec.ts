import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { oneLine, severalLines, withoutCase } from './text.js';

const INVISIBLE = [
  '\u200b',
  '\u200e',
  '\u200f',
  '\u202a',
  '\u202e',
  '\u2060',
  '\u2066',
  '\u2069',
  '\ufeff',
  '\u00ad',
  '\u{e0041}',
  '\u0001',
  '\u007f',
];
const text = fc.string({ unit: 'grapheme', maxLength: 40 });

describe('a text', () => {
  it.each(INVISIBLE.map((each) => [`U+${each.codePointAt(0)!.toString(16)}`, each]))('is the same with and without %s', (_name, each) => {
    expect([oneLine(`王${each}芳${each}`), severalLines(`${each}王${each}芳`), withoutCase(`W${each}x`)]).toEqual(['王芳', '王芳', 'wx']);
  });

  it.each([
    ['  王 \t 芳\n', '王 芳'],
    ['\u3000王\u3000\u3000芳\u00a0', '王 芳'],
    ['ＷｅＣｈａｔ　１２', 'WeChat 12'],
    ['\u200b', ''],
    ['\u3000', ''],
    ['\u3164\u2800\u115f', ''],
    ['e\u200d\u0301', 'é'],
  ])('%j is the line %j', (given, line) => expect(oneLine(given)).toBe(line));

  it('of several lines keeps them, and its full width', () => {
    expect(severalLines('\u200b 厨房渗水，\r\n  昨夜。\u3000\n')).toBe('厨房渗水，\r\n  昨夜。');
    expect(severalLines(' \u200b\n\t\u3000')).toBe('');
  });

  it('compares without case, width and blanks', () => {
    expect(new Set(['WeChat Ad', ' wechat  ad', 'ＷＥＣＨＡＴ ＡＤ', 'wechat\u200b ad'].map(withoutCase))).toEqual(new Set(['wechat ad']));
    expect(new Set(['Straße', 'STRASSE', 'STRAẞE'].map(withoutCase))).toEqual(new Set(['strasse']));
  });

  it('is made comparable at once where it is plain, and then as any other', () => {
    const plain = fc.string({ unit: fc.constantFrom('a', 'Z', '~', '!', '王', '\u4e00', '\u9fff', ' ', '\n'), maxLength: 12 });
    fc.assert(
      fc.property(plain, (given) => {
        for (const each of [oneLine, severalLines]) expect(each(given)).toBe(each(`${given}\u200b`));
      }),
      { numRuns: 1_000 },
    );
  });

  it('that was made comparable stays as it is', () => {
    fc.assert(
      fc.property(text, (given) => {
        for (const each of [oneLine, severalLines, withoutCase]) expect(each(each(given))).toBe(each(given));
      }),
      { numRuns: 1_000 },
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import { nearSpellings, wordKey } from '@touchline/core';
import { NOW, sentences } from '@touchline/testing/given-when-then.js';
import { wordsDecider } from './words.decider.js';

const given = sentences(wordsDecider, {});
const list = 'media' as const;
const ad = { list, word: 'wechat-ad', zh: '微信广告', aliases: ['WeChat moments'] };
const added = { type: 'word-added', data: ad };
const at = { occurredAt: NOW, subjects: {} };

describe('a list of words', () => {
  it('takes a word with its labels and further spellings', () => {
    given()
      .when({ kind: 'add', word: ad })
      .then({ type: 'word-added', data: ad, ...at });
  });

  it.each(['WECHAT-AD', ' ｗechat-ad ', '微信广告', 'wechat  MOMENTS'])('has %j already', (word) => {
    given(added).when({ kind: 'add', word: { list, word } }).thenRefused('word.taken');
  });

  it('gives a spelling to one word alone', () => {
    given(added, { type: 'word-added', data: { list, word: 'radio' } })
      .when({ kind: 'change', word: { list, word: 'radio', aliases: ['wechat-AD'] } })
      .thenRefused('word.taken');
  });

  it('keeps the word as it was first written, whatever else of it changes', () => {
    given(added)
      .when({ kind: 'change', word: { list, word: 'WeChat-Ad', en: 'WeChat ad' } })
      .then({ type: 'word-changed', data: { list, word: 'wechat-ad', en: 'WeChat ad' }, ...at });
  });

  it('withdraws a word once, and takes it back', () => {
    const withdrawn = { type: 'word-withdrawn', data: { list, word: 'wechat-ad' } };
    given(added)
      .when({ kind: 'withdraw', list, word: 'Wechat-ad' })
      .then({ type: 'word-withdrawn', data: { list, word: 'wechat-ad' }, ...at });
    given(added, withdrawn).when({ kind: 'withdraw', list, word: 'wechat-ad' }).then();
    given(added, withdrawn)
      .when({ kind: 'add', word: { list, word: 'WECHAT-AD' } })
      .then({ type: 'word-added', data: { list, word: 'wechat-ad' }, ...at });
  });

  it('has nothing to change or to withdraw of what it has not', () => {
    given(added)
      .when({ kind: 'change', word: { list, word: 'radio' } })
      .thenRefused('words.unknown');
    given().when({ kind: 'withdraw', list, word: 'radio' }).thenRefused('words.unknown');
  });
});

describe('spellings', () => {
  it('are one where width, case, blanks and what cannot be seen are all that differs', () => {
    expect(new Set(['Ｗechat\u3000 Ad', ' wechat ad\u200B', 'WECHAT\u202E AD'].map(wordKey))).toEqual(new Set(['wechat ad']));
  });

  it('are near by how few characters differ', () => {
    expect(nearSpellings('weechat-ad', ['radio', 'wechat-ad', 'friend', 'wechat-act'])).toEqual(['wechat-ad', 'wechat-act']);
    expect(nearSpellings('referal', ['referral', 'Referral', 'radio'])).toEqual(['referral']);
    expect(nearSpellings('王芳', ['radio', 'wechat-ad'])).toEqual([]);
  });
});

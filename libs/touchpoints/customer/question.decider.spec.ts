import { describe, expect, it } from '@jest/globals';
import { NOW, sentences } from '@touchline/testing/given-when-then.js';
import { questionDecider } from './question.decider.js';
import type { IdentityQuestioned } from './question.events.js';
import { isKnownName } from './question.rules.js';

const given = sentences(questionDecider, {});
const customerId = 'c-1';
const registered = { type: 'customer-registered', data: { kind: 'person', siteId: 'pudong' } };
const at = { occurredAt: NOW, subjects: { customer: customerId, site: 'pudong' } };
const elsewhere = { about: 'known-elsewhere', siteId: 'yunqili', recordedAs: 'c-2' } as const;
const named = { about: 'other-name', siteId: 'pudong', stated: { name: '林乙' } } as const;
const asked = (data: IdentityQuestioned, id = 'q-1') => ({ id, type: 'identity-questioned', data });
const settle = (answer: 'share' | 'keep-apart' | 'family', questionId = 'q-1') =>
  ({ kind: 'settle', customerId, questionId, answer }) as const;

describe('a question of who somebody is', () => {
  it('is asked of a customer who is there, once of each whom another site knows', () => {
    given().when({ kind: 'ask', customerId, question: named, occurredAt: NOW }).thenRefused('customer.unknown');
    given(registered)
      .when({ kind: 'ask', customerId, question: elsewhere, occurredAt: NOW })
      .then({ type: 'identity-questioned', data: elsewhere, ...at });
    given(registered, asked(elsewhere)).when({ kind: 'ask', customerId, question: elsewhere, occurredAt: NOW }).then();
    given(registered, asked(named))
      .when({ kind: 'ask', customerId, question: named, occurredAt: NOW })
      .then({ type: 'identity-questioned', data: named, ...at });
  });

  it('is settled once, with an answer to what is asked', () => {
    given(registered, asked(elsewhere))
      .when(settle('share'))
      .then({ type: 'identity-settled', data: { questionId: 'q-1', answer: 'share', sharedWith: 'yunqili' }, ...at });
    given(registered, asked(elsewhere))
      .when({ ...settle('keep-apart'), note: '同名' })
      .then({ type: 'identity-settled', data: { questionId: 'q-1', answer: 'keep-apart', note: '同名' }, ...at });
    given(registered, asked(elsewhere)).when(settle('family')).thenRefused('question.other-answers');
    given(registered, asked(named)).when(settle('share')).thenRefused('question.other-answers');
    given(registered, asked(elsewhere)).when(settle('share', 'q-2')).thenRefused('question.unknown');
    given(registered, asked(elsewhere), { type: 'identity-settled', data: { questionId: 'q-1', answer: 'keep-apart' } })
      .when(settle('share'))
      .thenRefused('question.settled');
  });
});

describe('a name', () => {
  it.each([
    ['陈甲', ['陈甲'], true],
    [' ＡＤＡ lovelace', ['Ada Lovelace'], true],
    ['陈女士', ['陈甲'], true],
    ['林女士', ['陈甲'], false],
    ['林乙', ['陈甲', '黄丙'], false],
    ['女士', ['陈甲'], false],
  ])('%s is known among %j: %s', (said, known, is) => expect(isKnownName(said, known)).toBe(is));
});

import { describe, it } from '@jest/globals';
import type { Given } from '@touchline/testing/given-when-then.js';
import { NOW, sentences } from '@touchline/testing/given-when-then.js';
import { erasureDecider } from './erasure.decider.js';

const given = sentences(erasureDecider, {});

const customerId = 'c-1';
const subjects = { customer: customerId };
const erasure = { askedBy: 'person', reason: 'asked' } as const;
const begin = { kind: 'begin', customerId, erasure, occurredAt: '2026-05-31T23:59:59.000Z' } as const;
const putOff = { kind: 'put-off', customerId } as const;
const complete = { kind: 'complete', customerId } as const;

const begun: Given = { type: 'erasure-begun', data: erasure };
const put = (attempt: number): Given => ({ type: 'erasure-put-off', data: { attempt, until: '2026-05-31T23:59:59.000Z' } });
const completed: Given = { type: 'erasure-completed', data: { putOff: 0 } };
const later = (attempt: number, until: string) => ({
  type: 'erasure-put-off' as const,
  data: { attempt, until },
  occurredAt: NOW,
  subjects,
});

describe('the course of an erasure', () => {
  it('begins in the words of who asked, when they asked', () => {
    given().when(begin).then({ type: 'erasure-begun', data: erasure, occurredAt: begin.occurredAt, subjects });
  });

  it('is put off for longer each time, and then for as long again and again', () => {
    given(begun).when(putOff).then(later(1, '2026-06-01T00:01:00.000Z'));
    given(begun, put(1)).when(putOff).then(later(2, '2026-06-01T00:05:00.000Z'));
    given(begun, put(1), put(2)).when(putOff).then(later(3, '2026-06-01T00:15:00.000Z'));
    given(begun, put(9)).when(putOff).then(later(10, '2026-06-01T00:15:00.000Z'));
  });

  it('ends once', () => {
    given(begun, put(1))
      .when(complete)
      .then({ type: 'erasure-completed', data: { putOff: 1 }, occurredAt: NOW, subjects });
    given(begun, completed).when(complete).then();
    given(begun, completed).when(putOff).then();
    given(begun, completed).when(begin).then();
  });

  it('begins once, whoever asks again', () => {
    given(begun)
      .when({ ...begin, erasure: { askedBy: 'authority', reason: 'ruling' } })
      .then();
  });

  it('goes on only where it has begun', () => {
    given().when(putOff).thenRefused('erasure.not-begun');
    given().when(complete).thenRefused('erasure.not-begun');
  });
});

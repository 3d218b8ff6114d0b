import { describe, expect, it } from '@jest/globals';
import type { Given } from '@touchline/testing/given-when-then.js';
import { recordedEvent } from '@touchline/testing/given-when-then.js';
import { by, cancelled, handedOver, lost, march, opened, owned, quoted, signed, visited, withdrawn } from '@touchline/testing/journeys.js';
import type { Category } from './journey-status.fold.js';
import {
  categoryOf,
  categoryRank,
  customerCategory,
  evolveJourneyStatus,
  lifecycleOf,
  lifecycleRank,
  noJourneyStatus,
} from './journey-status.fold.js';

const status = (...events: Given[]) =>
  events.map((event, index) => recordedEvent(event, index)).reduce(evolveJourneyStatus, noJourneyStatus);
const made = (reached: boolean): Given => ({ type: 'call-made', data: { ...by, reached } });
const back: Given = { type: 'journey-reactivated', data: { cause: 'manager' }, occurredAt: march(9) };

const cases: [string, Given[], string, string][] = [
  ['opened, never contacted', [opened, owned], 'potential', 'potential'],
  ['phoned, but nobody answered', [opened, made(false)], 'potential', 'potential'],
  ['reached by phone', [opened, made(true)], 'potential', 'prospect'],
  ['visited', [opened, visited], 'potential', 'prospect'],
  ['quoted', [opened, visited, quoted(1, march(3))], 'intending', 'prospect'],
  ['quoted, revised, withdrawn', [visited, quoted(1, march(3)), quoted(2, march(4)), withdrawn(2, march(5))], 'potential', 'prospect'],
  ['signed', [visited, quoted(1, march(3)), signed(1, march(4), 1)], 'committed', 'owner'],
  ['signed, cancelled', [visited, quoted(1, march(3)), signed(1, march(4), 1), cancelled(1, march(5))], 'potential', 'prospect'],
  ['handed over', [visited, signed(1, march(4)), handedOver(1, march(5))], 'formal', 'owner'],
  ['handed over, cancelled', [signed(1, march(4)), handedOver(1, march(5)), cancelled(1, march(6))], 'potential', 'prospect'],
  [
    'signed again after a handover was undone',
    [signed(1, march(4)), handedOver(1, march(5)), cancelled(1, march(6)), signed(2, march(7))],
    'committed',
    'owner',
  ],
  ['handed over without a contract, as a source may say', [visited, handedOver(0, march(5))], 'potential', 'prospect'],
  ['lost', [visited, quoted(1, march(3)), lost(march(5))], 'potential', 'lost'],
  ['lost without ever having been contacted', [opened, made(false), lost(march(5))], 'potential', 'potential'],
  ['lost and back', [visited, quoted(1, march(3)), lost(march(5)), back], 'intending', 'prospect'],
  ['lost beside a contract, as a source may say', [visited, signed(1, march(4)), lost(march(5))], 'potential', 'owner'],
];

describe('a journey’s part in its customer’s status', () => {
  it.each(cases)('%s', (_what, events, lifecycle, category) => {
    expect({ lifecycle: lifecycleOf(status(...events)), category: categoryOf(status(...events)) }).toEqual({ lifecycle, category });
  });

  it('is ranked towards what outranks', () => {
    const ranks = ['opened, never contacted', 'quoted', 'signed', 'handed over'].map((name) => {
      const [, events = []] = cases.find(([what]) => what === name) ?? [];
      return lifecycleRank(status(...events));
    });
    expect(ranks).toEqual([0, 2, 3, 4]);
    const [untouched, lostOne, open, bought] = [[opened], [visited, lost(march(5))], [visited], [signed(1, march(4))]].map((events) =>
      categoryRank(status(...events)),
    );
    expect([untouched, lostOne, open, bought]).toEqual([0, 1, 2, 3]);
  });
});

describe('a customer’s category', () => {
  const journey = (category: Category, isLost = category === 'lost') => ({ category, lost: isLost });
  it.each([
    ['without a journey', [], 'potential'],
    ['never contacted on any', [journey('potential'), journey('potential', true)], 'potential'],
    ['bought once, whatever else', [journey('lost'), journey('prospect'), journey('owner')], 'owner'],
    ['open once beside a loss', [journey('lost'), journey('prospect')], 'prospect'],
    ['lost on every one', [journey('lost'), journey('potential', true)], 'lost'],
    ['lost once, with an introduction nobody has followed up', [journey('lost'), journey('potential')], 'prospect'],
  ] as const)('%s', (_what, journeys, category) => {
    expect(customerCategory(journeys)).toBe(category);
  });
});

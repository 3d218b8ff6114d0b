import { describe, expect, it } from '@jest/globals';
import type { DecideContext, Decider, NewEvent, Rejection } from '@touchline/core';
import { identityFault, rule } from '@touchline/core';
import { NOW, recordedEvent, sentences } from './given-when-then.js';

type Counted = { type: 'counted'; data: { by: number; step?: string } };

const event = (by: number, more: Partial<NewEvent<Counted>> = {}): NewEvent<Counted> => ({
  type: 'counted',
  data: { by },
  occurredAt: NOW,
  subjects: { journey: 'j' },
  ...more,
});

/** Decides whatever the command says; its state is the sum of what was counted. */
const decider: Decider<number, { events: NewEvent<Counted>[]; refusals?: Rejection[] }, Counted, DecideContext & { limit: number }> = {
  fold: { name: 'sum', initial: 0, evolve: (sum, counted) => sum + Number(counted.data['by']) },
  decide: (sum, { events, refusals = [] }, { limit }) => ({
    events,
    refusals: sum > limit ? [...refusals, rule('sum.too-high', 'over the limit')] : refusals,
  }),
};

const given = sentences(decider, { limit: 10 });
const decided = [event(1, { stage: { id: 'quote', order: 5 }, corrects: 'given-0' }), event(2)] as const;
const outcome = () => given().when({ events: [...decided] });
const [first, second] = decided;

describe('given, when, then', () => {
  it('holds where every event is as expected, in order', () => {
    outcome().then(first, second);
  });

  const wrong: [string, NewEvent[]][] = [
    ['the order differs', [second, first]],
    ['an event is too many', [first]],
    ['an event is missing', [first, second, event(3)]],
    ['no event is expected', []],
    ['the type differs', [{ ...first, type: 'other' }, second]],
    ['a field of the data differs', [{ ...first, data: { by: 9 } }, second]],
    ['a field of the data is too many', [{ ...first, data: {} }, second]],
    ['a field of the data is missing', [{ ...first, data: { by: 1, step: 'up' } }, second]],
    ['a field of the data is there but undefined', [{ ...first, data: { by: 1, step: undefined } }, second]],
    ['the time differs', [{ ...first, occurredAt: '2026-06-01T00:00:00.001Z' }, second]],
    ['the subjects differ', [{ ...first, subjects: { journey: 'other' } }, second]],
    ['a subject is too many', [{ ...first, subjects: {} }, second]],
    ['a subject is missing', [{ ...first, subjects: { journey: 'j', customer: 'c' } }, second]],
    ['the stage differs', [{ ...first, stage: { id: 'quote', order: 4 } }, second]],
    ['the stage is missing', [first, { ...second, stage: { id: 'quote', order: 5 } }]],
    ['the correction differs', [{ ...first, corrects: 'given-1' }, second]],
    ['the correction is missing', [first, { ...second, corrects: 'given-0' }]],
    ['the stage is too many', [event(1, { corrects: 'given-0' }), second]],
  ];
  it.each(wrong)('fails where %s', (_how, events) => {
    expect(() => outcome().then(...events)).toThrow('toStrictEqual');
  });

  it('fails where events were expected and the command is refused', () => {
    const refused = given({ type: 'counted', data: { by: 11 } }).when({ events: [first] });
    expect(() => refused.then(first)).toThrow('toStrictEqual');
    expect(() => refused.then()).toThrow('toStrictEqual');
    refused.thenRefused('sum.too-high');
  });

  it.each([[[]], [['other']], [['sum.too-high', 'other']], [['b', 'a']], [['a']], [['a', 'b', 'c']]])(
    'fails for the refusals %j',
    (codes) => {
      const refused = given().when({ events: [], refusals: [rule('a', ''), rule('b', '')] });
      refused.thenRefused('a', 'b');
      expect(() => refused.thenRefused(...codes)).toThrow();
    },
  );

  it('fails where a refusal was expected and events came', () => {
    expect(() => outcome().thenRefused('sum.too-high')).toThrow('toStrictEqual');
  });

  it('takes a broken rule as a note on history, and nothing else', () => {
    const noted = given().when({ events: [first], refusals: [rule('a', '')] });
    noted.thenNoted(['a'], first);
    expect(() => noted.thenNoted([], first)).toThrow('toStrictEqual');
    expect(() => noted.thenNoted(['a'], second)).toThrow('toStrictEqual');
    const refused = given().when({ events: [first], refusals: [identityFault('a', '')] });
    expect(() => refused.thenNoted(['a'], first)).toThrow('toStrictEqual');
  });

  it('folds corrections in the place of what they name, and finds past events by id', () => {
    const past = [
      { type: 'counted', data: { by: 11 } },
      { type: 'counted', data: { by: 1 }, corrects: 'given-0' },
    ];
    given(...past)
      .when({ events: [first] })
      .then(first);
    let found: unknown;
    const looking = {
      ...decider,
      decide: (_sum: number, _command: null, context: DecideContext) => (
        (found = context.recorded('given-1')),
        { events: [], refusals: [] }
      ),
    };
    sentences(
      looking,
      {},
    )(...past)
      .when(null)
      .then();
    expect(found).toStrictEqual(recordedEvent(past[1] ?? first, 1));
  });

  it('lets a sentence replace parts of the context', () => {
    given({ type: 'counted', data: { by: 11 } })
      .when({ events: [first] }, { limit: 20 })
      .then(first);
  });
});

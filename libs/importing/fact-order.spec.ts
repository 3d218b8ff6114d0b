import { describe, expect, it } from '@jest/globals';
import { inOrder } from './fact-order.js';
import type { Fact } from './facts.js';

const fact = (name: string, statedAt: string, until?: string): Fact => ({
  name,
  line: 2,
  each: false,
  touchpoint: name === 'lost' ? 'journey-lost' : name,
  statedAt,
  occurredAt: statedAt,
  ...(until !== undefined && { precision: 'day', until }),
  channel: 'other',
  direction: 'in',
  responsibleId: 'u',
  fields: {},
});
/** Days of Shanghai, by their number in October. */
const midnight = (day: number): string => new Date(Date.UTC(2026, 9, day, -8)).toISOString();
const day = (name: string, number: number): Fact => fact(name, midnight(number), midnight(number + 1));
const timed = (name: string, number: number, hour: number): Fact =>
  fact(name, new Date(Date.UTC(2026, 9, number, -8, hour * 60)).toISOString());
const order = (...facts: Fact[]) => inOrder(facts).facts.map(({ name, occurredAt }) => `${name} ${occurredAt}`);

describe('the facts of a case', () => {
  it('follow what was said before them of the same day, where they state no time', () => {
    expect(order(timed('visit', 5, 10.5), day('signed', 5))).toEqual(['visit 2026-10-05T02:30:00.000Z', 'signed 2026-10-05T02:30:00.000Z']);
    expect(order(day('signed', 5), timed('visit', 5, 10.5))).toEqual(['signed 2026-10-04T16:00:00.000Z', 'visit 2026-10-05T02:30:00.000Z']);
    expect(order(timed('visit', 5, 10.5), day('signed', 6), day('handed', 6))).toEqual([
      'visit 2026-10-05T02:30:00.000Z',
      'signed 2026-10-05T16:00:00.000Z',
      'handed 2026-10-05T16:00:00.000Z',
    ]);
    expect(order(timed('late', 5, 23), timed('early', 5, 1), day('signed', 5), day('handed', 5)).map((each) => each.split(' ')[0])).toEqual(
      ['early', 'late', 'signed', 'handed'],
    );
  });

  it('begin with what opens the journey: a loss of the day before all else is none', () => {
    const early = inOrder([timed('visit', 5, 23.5), day('lost', 4)]);
    expect([early.facts.map(({ name }) => name), early.tooEarly.map(({ name }) => name)]).toEqual([['visit'], ['lost']]);
    expect(inOrder([timed('visit', 5, 10), day('lost', 5)]).tooEarly).toEqual([]);
    // All that is known of it.
    expect(inOrder([day('lost', 4)]).tooEarly).toEqual([]);
  });
});

import { describe, expect, it } from '@jest/globals';
import type { Case, Fact } from './facts.js';
import { Observations } from './observations.js';

const seen = (...cases: { phone?: string; media?: string; times?: [string, number][] }[]) => {
  const observations = new Observations();
  for (const [index, { phone, media, times = [] }] of cases.entries()) {
    const facts = times.map(([occurredAt, dayOfMonth]) => ({ name: 'visit', occurredAt, dayOfMonth }) as Fact);
    const customer = phone === undefined ? {} : { customer: { phone } };
    const journey = {
      line: index + 2,
      siteId: 'hall',
      productLine: 'sedans',
      attributes: {},
      ...customer,
      ...(media !== undefined && { media }),
    };
    observations.add({ key: String(index), rows: 1, rowsWithoutFact: 0, journey, facts, faults: [], reported: 0 } satisfies Case);
  }
  return observations.observed;
};

describe('what strikes one about a source', () => {
  it('is nothing of no case', () => {
    expect(seen()).toEqual({ times: null, commonestCustomer: null, days: {}, media: [] });
  });

  it('is when it begins and ends, and how many days can be no month', () => {
    const days = [
      ['2026-03-01T00:00:00.000Z', 1],
      ['2026-01-02T00:00:00.000Z', 2],
      ['2026-02-13T00:00:00.000Z', 13],
    ] as [string, number][];
    expect(seen({ times: days })).toMatchObject({
      times: { first: '2026-01-02T00:00:00.000Z', last: '2026-03-01T00:00:00.000Z' },
      days: { visit: { times: 3, above12: 1 } },
    });
  });

  it('is the customer whom most cases name, among however many', () => {
    const others = Array.from({ length: 25_000 }, (_, index) => ({ phone: String(index) }));
    const placeholder = Array.from({ length: 15_000 }, () => ({ phone: 'x' }));
    const mixed = others.flatMap((other, index) => [other, ...placeholder.slice(index, index + 1)]);
    const { commonestCustomer } = seen(...mixed);
    expect(commonestCustomer).toMatchObject({ ofCases: 40_000, line: 3 });
    expect(commonestCustomer!.cases).toBeGreaterThan(10_000);
    expect(seen({ phone: 'a' }, { phone: 'b' }, { phone: 'b' })).toMatchObject({ commonestCustomer: { cases: 2, ofCases: 3, line: 3 } });
  });

  it('is that one media has several spellings', () => {
    const media = ['Web', 'web', 'web', 'ＷＥＢ', 'w e b', 'ad'].map((each) => ({ media: each }));
    expect(seen(...media).media).toEqual([['web', 'Web', 'w e b', 'ＷＥＢ']]);
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { FactIdentity, KnownFact } from './tell-apart.js';
import { tellApart } from './tell-apart.js';

const fact = (content: string, more: Partial<FactIdentity> = {}): FactIdentity => ({
  content,
  name: 'state',
  each: false,
  kind: 'in-state',
  occurredAt: content.slice(0, 1),
  ...more,
});
/** In the log under some name: what it is called there does not matter. */
const known = (content: string, more: Partial<KnownFact> = {}): KnownFact => ({
  commandId: `as of old ${content}`,
  content,
  name: 'state',
  kind: 'in-state',
  occurredAt: content.slice(0, 1),
  ...more,
});
const told = (facts: FactIdentity[], log: KnownFact[] = []): string[] =>
  tellApart(facts, log, (name, reference) => `${name}/${reference}`).map((each) =>
    'as' in each ? `${each.is} ${each.as.content}` : each.is === 'new' ? `new ${each.nth}` : each.is,
  );

describe('a fact of the source beside those of the log', () => {
  it('is known by what it says, wherever it stands and whatever it was called', () => {
    expect(told([fact('9 late'), fact('1a'), fact('2b')], [known('1a'), known('2b')])).toEqual(['new 1', 'known 1a', 'known 2b']);
  });

  it('counts those that say the same', () => {
    expect(told([fact('1a'), fact('1a'), fact('1a')])).toEqual(['new 1', 'new 2', 'new 3']);
    expect(told([fact('1a'), fact('1a'), fact('1a')], [known('1a'), known('1a')])).toEqual(['known 1a', 'known 1a', 'new 3']);
  });

  it('is a change of the one that the source has no more, by time before all', () => {
    expect(told([fact('1a'), fact('2x'), fact('3y')], [known('1a'), known('3c'), known('2b')])).toEqual([
      'known 1a',
      'changed 2b',
      'changed 3c',
    ]);
    expect(told([fact('7a')], [known('1a')])).toEqual(['changed 1a']);
    expect(told([fact('1a', { name: 'won', kind: 'contract-signed' })], [known('2b')])).toEqual(['new 1']);
  });

  it('is never a change where each record counts', () => {
    expect(told([fact('1b', { each: true })], [known('1a')])).toEqual(['new 1']);
  });

  it('with a reference stands once', () => {
    const log = [known('1a', { commandId: 'state/7' }), known('2b', { commandId: 'state/8' })];
    const facts = [
      fact('1a', { reference: '7' }),
      fact('2x', { reference: '8' }),
      fact('3c', { reference: '9' }),
      fact('3c', { reference: '9' }),
      fact('4d', { reference: '9' }),
    ];
    expect(told(facts, log)).toEqual(['known 1a', 'changed 2b', 'new 1', 'said-twice', 'ambiguous']);
  });

  it('is found again of every source that was recorded, in whatever order, and nothing twice', () => {
    const contents = fc.array(fc.constantFrom('1a', '1b', '2a', '2b', '3c'), { maxLength: 12 });
    fc.assert(
      fc.property(contents, contents, fc.boolean(), (first, more, each) => {
        const facts = [...more, ...first].map((content) => fact(content, { each }));
        const after = tellApart(
          facts,
          first.map((content) => known(content)),
          String,
        );
        expect(after.filter(({ is }) => is === 'known')).toHaveLength(first.length);
        expect(after.filter(({ is }) => is === 'new')).toHaveLength(more.length);
        // What is recorded under its number of the content never meets another.
        const names = after.flatMap((one, index) => (one.is === 'new' ? [`${facts[index]?.content} ${one.nth}`] : []));
        expect(new Set(names).size).toBe(names.length);
      }),
    );
  });
});

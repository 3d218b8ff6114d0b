import { withoutCase } from './text.js';

// What is counted is named by a word of the group, never by free text (domain §13.1): lists that an administrator keeps.

export const WORD_LISTS = ['media', 'campaign', 'product', 'material', 'risk', 'building', 'label'] as const;
export type WordList = (typeof WORD_LISTS)[number];

/** Spellings of one word have one key: width, case, blanks and invisible characters are no difference. */
export const wordKey = withoutCase;

/** The spellings most like what was typed, the nearest first, each once; none that has little to do with it. */
export function nearSpellings(typed: string, spellings: Iterable<string>, atMost = 3): string[] {
  const wanted = Array.from(wordKey(typed)).slice(0, LONGEST);
  const near: { spelling: string; distance: number }[] = [];
  // A word and its label may be spelled alike.
  const each = new Map<string, string>();
  for (const spelling of spellings) if (!each.has(wordKey(spelling))) each.set(wordKey(spelling), spelling);
  for (const [told, spelling] of each) {
    const key = Array.from(told).slice(0, LONGEST);
    const distance = editDistance(wanted, key);
    if (distance <= Math.max(wanted.length, key.length) / 2) near.push({ spelling, distance });
  }
  return near
    .sort((a, b) => a.distance - b.distance)
    .slice(0, atMost)
    .map(({ spelling }) => spelling);
}

/** So that comparing stays cheap whatever is typed. */
const LONGEST = 40;

function editDistance(a: readonly string[], b: readonly string[]): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, character] of a.entries()) {
    const next = [i + 1];
    for (const [j, other] of b.entries()) next.push(Math.min(row[j + 1]! + 1, next[j]! + 1, row[j]! + (character === other ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}

import type { Fold, RecordedEvent } from '@touchline/core';
import { wordKey } from '@touchline/core';
import type { WordsEvent } from './words.events.js';

export interface Word {
  word: string;
  zh?: string;
  en?: string;
  aliases?: string[];
  /** No longer offered; what was recorded with it keeps it. */
  withdrawn: boolean;
}

/** By the key of each word. */
export type Words = ReadonlyMap<string, Word>;

export function evolveWords(words: Words | null, event: RecordedEvent): Words | null {
  const known = event as RecordedEvent<WordsEvent>;
  switch (known.type) {
    case 'word-added':
    case 'word-changed': {
      const { list: _, ...said } = known.data;
      return new Map(words).set(wordKey(known.data.word), { ...(said as Omit<Word, 'withdrawn'>), withdrawn: false });
    }
    case 'word-withdrawn': {
      const word = words?.get(wordKey(known.data.word));
      return word === undefined ? words : new Map(words).set(wordKey(word.word), { ...word, withdrawn: true });
    }
    default:
      return words;
  }
}

export const wordsFold: Fold<Words | null> = { name: 'words', initial: null, evolve: evolveWords };

/** All that a word may be written as. */
export const spellingsOf = ({ word, zh, en, aliases = [] }: Omit<Word, 'withdrawn'>): string[] =>
  [word, zh, en, ...aliases].filter((spelling) => spelling !== undefined);

/** The word that each spelling stands for, by its key. */
export const bySpelling = (words: Words): Map<string, Word> =>
  new Map([...words.values()].flatMap((word) => spellingsOf(word).map((spelling) => [wordKey(spelling), word])));

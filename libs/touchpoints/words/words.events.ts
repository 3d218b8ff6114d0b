import type { EventDefinition, JsonObject, RecordedEvent, WordList } from '@touchline/core';
import { defineEvent, wordKey } from '@touchline/core';

// Category and stream: `words`, one stream per list of the group's words. Stored shapes: never edit, only upcast.

/** `word` is what events store, chosen once and kept for ever; labels and further spellings may change. */
export interface WordSaid extends JsonObject {
  list: WordList;
  word: string;
  zh?: string;
  en?: string;
  aliases?: string[];
}

export interface WordWithdrawn extends JsonObject {
  list: WordList;
  word: string;
}

export type WordsEvent =
  { type: 'word-added'; data: WordSaid } | { type: 'word-changed'; data: WordSaid } | { type: 'word-withdrawn'; data: WordWithdrawn };

export const wordsEvents: EventDefinition[] = [
  defineEvent({ type: 'word-added', version: 1, touchpoint: false }),
  defineEvent({ type: 'word-changed', version: 1, touchpoint: false }),
  defineEvent({ type: 'word-withdrawn', version: 1, touchpoint: false }),
];

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

/** All that a word may be written as. */
export const spellingsOf = ({ word, zh, en, aliases = [] }: Omit<Word, 'withdrawn'>): string[] =>
  [word, zh, en, ...aliases].filter((spelling) => spelling !== undefined);

/** The word that each spelling stands for, by its key. */
export const bySpelling = (words: Words): Map<string, Word> =>
  new Map([...words.values()].flatMap((word) => spellingsOf(word).map((spelling) => [wordKey(spelling), word])));

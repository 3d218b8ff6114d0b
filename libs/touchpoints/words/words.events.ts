import type { EventDefinition, JsonObject, WordList } from '@touchline/core';
import { defineEvent } from '@touchline/core';

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

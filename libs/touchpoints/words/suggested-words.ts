import type { EventDefinition, JsonObject, WordList } from '@touchline/core';
import { WORD_LISTS, nearSpellings, placesOf, textAt, wordKey } from '@touchline/core';
import type { Word } from './words.fold.js';
import { spellingsOf } from './words.fold.js';

/** A text that events hold where words stand now, and that is none: recorded before the group kept the list. */
export interface SuggestedWord {
  list: WordList;
  /** As it was written most often. */
  word: string;
  /** How often it was recorded, in any spelling. */
  count: number;
  /** What is written much like it: words of the list, and other texts that are none. */
  near: string[];
}

/** Gathers such texts event by event. Pure, and reads nothing that is sealed: no word ever was. */
export class TextsThatAreNoWords {
  /** By list and key: how often each spelling was seen. */
  private readonly seen = new Map<WordList, Map<string, Map<string, number>>>();
  private readonly known: ReadonlyMap<WordList, readonly string[]>;
  private readonly keys: ReadonlyMap<WordList, ReadonlySet<string>>;

  /** `words`: every word of each list, withdrawn ones too. */
  constructor(words: ReadonlyMap<WordList, readonly Word[]>) {
    this.known = new Map([...words].map(([list, all]) => [list, all.flatMap(spellingsOf)]));
    this.keys = new Map([...this.known].map(([list, spellings]) => [list, new Set(spellings.map(wordKey))]));
  }

  add(fields: EventDefinition['words'], data: JsonObject): void {
    for (const place of placesOf(fields, data)) {
      const text = textAt(data, place);
      const key = wordKey(text);
      if (key === '' || this.keys.get(place.list)?.has(key) === true) continue;
      const texts = entryOf(this.seen, place.list, () => new Map<string, Map<string, number>>());
      const spellings = entryOf(texts, key, () => new Map<string, number>());
      spellings.set(text, (spellings.get(text) ?? 0) + 1);
    }
  }

  /** List by list, the commonest first. */
  suggested(): SuggestedWord[] {
    return WORD_LISTS.flatMap((list) => {
      const found = [...(this.seen.get(list)?.values() ?? [])].map((spellings) => ({
        word: commonest(spellings),
        count: sum(spellings.values()),
      }));
      found.sort((a, b) => b.count - a.count || (a.word < b.word ? -1 : 1));
      const written = [...(this.known.get(list) ?? []), ...found.slice(0, COMPARED).map(({ word }) => word)];
      return found.map(({ word, count }, index) => ({
        ...{ list, word, count },
        near: index < COMPARED ? nearSpellings(word, without(written, word)) : [],
      }));
    });
  }
}

/** Each text is compared with each, so only so many of the commonest are. */
const COMPARED = 300;

const without = (texts: readonly string[], one: string): string[] => texts.filter((text) => text !== one);

const commonest = (spellings: ReadonlyMap<string, number>): string => [...spellings].sort(([, a], [, b]) => b - a)[0]?.[0] ?? '';

const sum = (counts: Iterable<number>): number => [...counts].reduce((total, count) => total + count, 0);

function entryOf<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}

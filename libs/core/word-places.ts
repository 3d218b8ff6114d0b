import type { Json, JsonObject } from './json.js';
import type { WordList } from './words.js';

/** A place in an event's data that holds a word of a list; names and indexes with dots between: `fields.models.0`. */
export interface WordPlace {
  path: string;
  list: WordList;
}

/** Where words stand in an event's data, by the fields that its definition names: a text, a list of texts, or one under each name. */
export function placesOf(words: Readonly<Record<string, WordList>> | undefined, data: JsonObject): WordPlace[] {
  if (words === undefined) return [];
  return Object.entries(words).flatMap(([field, list]) => {
    const value = data[field];
    if (typeof value === 'string') return [{ path: field, list }];
    // An array's names are its indexes.
    return Object.keys(value ?? {}).map((name) => ({ path: `${field}.${name}`, list }));
  });
}

/** The text that stands there. */
export const textAt = (data: JsonObject, { path }: WordPlace): string =>
  path.split('.').reduce<Json>((inner, step) => (inner as JsonObject)[step] as Json, data) as string;

/** A copy of the data, with what `word` makes of each text in its place. */
export async function reworded<Data extends JsonObject>(
  data: Data,
  places: readonly WordPlace[],
  word: (place: WordPlace, typed: string) => Promise<string>,
): Promise<Data> {
  const words = await Promise.all(places.map((place) => word(place, textAt(data, place))));
  return places.reduce<Json>((inner, { path }, index) => put(inner, path.split('.'), words[index] ?? ''), data) as Data;
}

function put(value: Json, [step, ...rest]: readonly string[], text: string): Json {
  if (step === undefined) return text;
  if (Array.isArray(value)) return value.map((each, index) => (String(index) === step ? put(each, rest, text) : each));
  const object = value as JsonObject;
  return { ...object, [step]: put(object[step] as Json, rest, text) };
}

import type { NewEvent, Rejection, WordList, WordPlace } from '@touchline/core';
import { placesOf, reworded } from '@touchline/core';
import type { CommandDeps, CommandRequest } from './handle-command.js';

/** The lists of words that each group keeps (domain §13.1). */
export interface GroupWords {
  /** The word behind what was typed; or those that are written much like it. `withdrawn`: words no longer offered count too. */
  find(tenant: string, list: WordList, typed: string, options: { withdrawn: boolean }): Promise<{ word: string } | { near: string[] }>;
}

export type WordCode = 'word.unknown';

/**
 * What was decided, with the words of the group in place of what was typed for them; every text that is none is refused,
 * imported history included: it would stand in clear for ever.
 */
export async function inWords(
  { registry, words }: Pick<CommandDeps, 'registry' | 'words'>,
  { tenant, history }: Pick<CommandRequest, 'tenant' | 'history'>,
  events: readonly NewEvent[],
): Promise<{ events: NewEvent[]; refusals: Rejection<WordCode>[] }> {
  const places = events.map((event) => [...placesOf(registry.get(event.type).words, event.data), ...(event.words ?? [])]);
  if (places.every(({ length }) => length === 0)) return { events: [...events], refusals: [] };
  // One contact may open its journey with the same word: it is refused once.
  const refusals = new Map<string, Rejection<WordCode>>();
  const fields = new Set<string>();
  const word = async ({ list, path: field }: WordPlace, typed: string): Promise<string> => {
    const found = await words.find(tenant, list, typed, { withdrawn: history === true });
    if ('word' in found) return found.word;
    const near = found.near.length === 0 ? '' : `; near: ${found.near.join(', ')}`;
    const detail = `this is no word of the list “${list}” of your group${near}`;
    refusals.set(field, { code: 'word.unknown', kind: 'identity', detail, field });
    return typed;
  };
  const worded = await Promise.all(
    events.map(async (event, index) => {
      const its = places[index] ?? [];
      for (const { path } of its) fields.add(path);
      return { ...event, data: await reworded(event.data, its, word) };
    }),
  );
  return { events: worded, refusals: [...fields].flatMap((field) => refusals.get(field) ?? []) };
}

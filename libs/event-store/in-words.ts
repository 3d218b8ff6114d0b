import type { JsonObject, NewEvent, Rejection, WordList } from '@touchline/core';
import type { CommandDeps, CommandRequest } from './handle-command.js';

/** The lists of words that each group keeps (domain §13). */
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
  // One contact may open its journey with the same word: it is refused once.
  const refusals = new Map<string, Rejection<WordCode>>();
  const word = async (list: WordList, typed: string, field: string): Promise<string> => {
    const found = await words.find(tenant, list, typed, { withdrawn: history === true });
    if ('word' in found) return found.word;
    const near = found.near.length === 0 ? '' : `; near: ${found.near.join(', ')}`;
    const detail = `this is no word of the list “${list}” of your group${near}`;
    refusals.set(field, { code: 'word.unknown', kind: 'identity', detail, field });
    return typed;
  };
  const worded = await Promise.all(
    events.map(async (event) => {
      const fields = Object.entries(registry.get(event.type).words ?? {}).filter(([field]) => event.data[field] !== undefined);
      if (fields.length === 0) return event;
      const data: JsonObject = { ...event.data };
      for (const [field, list] of fields) {
        const value = data[field];
        if (typeof value === 'string') data[field] = await word(list, value, field);
        else if (Array.isArray(value))
          data[field] = await Promise.all(value.map((each, index) => word(list, each as string, `${field}.${index}`)));
      }
      return { ...event, data };
    }),
  );
  return { events: worded, refusals: [...refusals.values()] };
}

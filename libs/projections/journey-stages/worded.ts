import type { WordDirectory } from '@touchline/auth';
import type { WordList } from '@touchline/core';
import type { Funnel } from './funnel.query.js';
import type { JourneyFilter } from './journey-filter.js';
import { ATTRIBUTE, ATTRIBUTE_VALUE } from './journey-filter.js';

// Rows hold words of the group as events do; whoever asks may spell them in any way, and is shown what they are called.

const WORDED = ['media', 'product'] as const;

/** The list that a slice's values are words of; undefined where it is of none. */
const listOf = (by: string): WordList | undefined => (ATTRIBUTE.test(by) ? 'label' : WORDED.find((list) => list === by));

/** How a slice is called; null where it is no word, or one without labels. */
export interface Label {
  zh: string | null;
  en: string | null;
}

/** The filter with each word in the spelling that rows have. What is no word may stand in old rows, and is asked for as it is. */
export async function inWords<Filter extends JourneyFilter>(words: WordDirectory, tenant: string, filter: Filter): Promise<Filter> {
  const spelled = await Promise.all(
    WORDED.map(async (list) => {
      const typed = filter[list];
      const word = typed === undefined || typed === '' ? undefined : await words.spelled(tenant, list, typed);
      return word === undefined ? {} : { [list]: word.word };
    }),
  );
  const attribute = await Promise.all((filter.attribute ?? []).map((each) => spelledAttribute(words, tenant, each)));
  return Object.assign({}, filter, ...spelled, attribute.length > 0 && { attribute }) as Filter;
}

async function spelledAttribute(words: WordDirectory, tenant: string, attribute: string): Promise<string> {
  const [, name = '', typed = ''] = ATTRIBUTE_VALUE.exec(attribute) ?? [];
  const word = typed === '' ? undefined : await words.spelled(tenant, 'label', typed);
  return word === undefined ? attribute : `${name}:${word.word}`;
}

export async function labelled<ResponseProperty extends Funnel>(
  words: WordDirectory,
  tenant: string,
  shown: ResponseProperty,
): Promise<ResponseProperty & { slices: (Funnel['slices'][number] & { label: Label | null })[] }> {
  const list = shown.by === null ? undefined : listOf(shown.by);
  const labelOf = async (key: string | null): Promise<Label | null> => {
    const word = list === undefined || key === null ? undefined : await words.spelled(tenant, list, key);
    return word?.zh === undefined && word?.en === undefined ? null : { zh: word.zh ?? null, en: word.en ?? null };
  };
  const slices = await Promise.all(shown.slices.map(async (slice) => ({ ...slice, label: await labelOf(slice.key) })));
  return { ...shown, slices };
}

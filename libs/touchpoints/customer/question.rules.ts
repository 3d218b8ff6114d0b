import { wordKey } from '@touchline/core';

const nameKey = (name: string): string => wordKey(name).replaceAll(/[\s·•.,'-]/gu, '');
/** 先生, 女士 …: a name of which only the beginning was said. */
const HONORIFIC = /(先生|女士|小姐|太太)$/u;

/** Whether a name may be one that is known already: written otherwise, or cut to the surname. */
export function isKnownName(said: string, known: readonly string[]): boolean {
  const name = nameKey(said);
  const surname = name.replace(HONORIFIC, '');
  return known.map(nameKey).some((each) => each === name || (surname !== name && surname !== '' && each.startsWith(surname)));
}

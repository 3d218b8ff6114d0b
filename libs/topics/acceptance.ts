import type { Schema } from './schema.js';

// A topic that we alone read: whoever sends to it may have been built against any version, and is not released when we are.
// What fitted once must fit for ever; the other direction does not matter, since nobody sends by a form that is not released.

/** Words for people. */
const FREE = ['description', 'title', 'examples', '$id', '$schema', '$comment'];
/** Told of by themselves, below. */
const STRUCTURE = ['properties', 'required', 'items', 'enum', 'additionalProperties'];
const AT_MOST = ['maximum', 'maxLength', 'maxItems', 'maxProperties'];
const AT_LEAST = ['minimum', 'minLength', 'minItems', 'minProperties'];

/** Why a message that fits the old form would be refused by the new, by path. */
export function refusals(was: Schema, is: Schema, path = ''): string[] {
  const at = path === '' ? 'the data' : path;
  const below = (name: string): string => (path === '' ? name : `${path}.${name}`);
  const faults = limits(was, is).map((fault) => `${at}: ${fault}`);
  for (const name of is.required ?? [])
    if (!(was.required ?? []).includes(name)) faults.push(`${at}: ${name} became required, and older messages lack it`);
  for (const [name, old] of Object.entries(was.properties ?? {})) {
    const now = is.properties?.[name];
    if (now !== undefined) faults.push(...refusals(old, now, below(name)));
    else faults.push(`${at}: ${name} is taken no more, and older messages have it`);
  }
  if (was['additionalProperties'] !== false) {
    if (is['additionalProperties'] === false) faults.push(`${at}: further fields are taken no more`);
    for (const name of Object.keys(is.properties ?? {}))
      if (was.properties?.[name] === undefined) faults.push(`${at}: ${name} was free, and has a form now`);
  }
  if (is.items === undefined) return faults;
  return faults.concat(
    was.items === undefined ? `${at}: items were free, and have a form now` : refusals(was.items, is.items, `${path}[]`),
  );
}

function limits(was: Schema, is: Schema): string[] {
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((keyword) => {
    const [old, now] = [was[keyword], is[keyword]];
    if (FREE.includes(keyword) || JSON.stringify(old) === JSON.stringify(now)) return [];
    if (keyword === 'enum' && now !== undefined) return wordsGone(old as string[] | undefined, now as string[]);
    if (STRUCTURE.includes(keyword)) return [];
    // A limit that goes, or leaves more room, refuses nothing that it let pass; a type always stays.
    if (now === undefined && keyword !== 'type') return [];
    const [a, b] = [Number(old ?? NaN), Number(now)];
    if ((AT_MOST.includes(keyword) && b >= a) || (AT_LEAST.includes(keyword) && b <= a)) return [];
    return [`${keyword} is ${said(now)} and was ${said(old)}`];
  });
}

const said = (value: unknown): string => (value === undefined ? 'absent' : JSON.stringify(value));

function wordsGone(old: readonly string[] | undefined, now: readonly string[]): string[] {
  if (old === undefined) return ['any word was taken, and now these alone'];
  const gone = old.filter((each) => !now.includes(each));
  return gone.length === 0 ? [] : [`${gone.join(', ')} is taken no more`];
}

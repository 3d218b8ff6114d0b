import { refusals } from './acceptance.js';
import type { Schema } from './schema.js';

// Two versions of a type's schema are compatible in both directions when each reads what the other's writer sends: a service
// built against an old one meets new messages, and one built against the newest reads the topic from its beginning.

/** Words for people, and lists of words that are open by what they are. */
const FREE = ['description', 'title', 'examples', 'x-extensible-enum', '$id', '$schema', '$comment', 'properties', 'required', 'items'];

/** Why a reader of the one could not take what a writer of the other sends, or the other way about; by path. */
export function incompatibilities(a: Schema, b: Schema, path = ''): string[] {
  const at = path === '' ? 'the data' : path;
  const faults: string[] = [];
  for (const keyword of new Set([...Object.keys(a), ...Object.keys(b)])) {
    if (FREE.includes(keyword)) continue;
    const [was, is] = [a[keyword], b[keyword]].map((value) => JSON.stringify(value));
    if (was !== is) faults.push(`${at}: ${keyword} is ${is ?? 'absent'} and was ${was ?? 'absent'}`);
  }
  const [needed, needs] = [a.required ?? [], b.required ?? []];
  for (const name of needs) if (!needed.includes(name)) faults.push(`${at}: ${name} became required, and older messages lack it`);
  for (const name of needed) if (!needs.includes(name)) faults.push(`${at}: ${name} is required no more, and older readers need it`);
  const [before, after] = [a.properties ?? {}, b.properties ?? {}];
  for (const [name, schema] of Object.entries(after)) {
    const old = before[name];
    // Objects are open: an older reader passes over what is new, and an older message lacks what may be lacking.
    if (old !== undefined) faults.push(...incompatibilities(old, schema, path === '' ? name : `${path}.${name}`));
  }
  if (a.items !== undefined && b.items !== undefined) faults.push(...incompatibilities(a.items, b.items, `${path}[]`));
  else if (a.items !== b.items) faults.push(`${at}: items are declared on one side alone`);
  return faults;
}

/** A schema as it was released: the bytes of a version never change. */
export interface Released {
  type: string;
  version: number;
  schema: Schema;
}

/** A schema as the code has it now. */
export interface Declared extends Released {
  /** Others send such messages to us, and we are the only reader: it is enough that we take what they may send. */
  isSentToUs?: true;
}

/**
 * What keeps the declared schemas from being released beside those that are. Every version is held against every other of
 * its type, so that no detour over a third makes two of them meet.
 */
export function contractFaults(declared: readonly Declared[], released: readonly Released[]): string[] {
  const faults: string[] = [];
  for (const { type, version, schema, isSentToUs } of declared) {
    const compare = isSentToUs === true ? refusals : incompatibilities;
    const known = released.filter((each) => each.type === type);
    const newest = Math.max(0, ...known.map((each) => each.version));
    const same = known.find((each) => each.version === version);
    if (same !== undefined && JSON.stringify(same.schema) !== JSON.stringify(schema))
      faults.push(`${type} ${version} is released and was changed; raise its version`);
    if (version < newest) faults.push(`${type} is declared as version ${version}, but ${newest} is released`);
    if (version > newest + 1) faults.push(`${type} goes from version ${newest} to ${version}`);
    for (const old of known)
      faults.push(...compare(old.schema, schema).map((fault) => `${type} ${version} against ${old.version}: ${fault}`));
  }
  for (const type of new Set(released.map((each) => each.type)))
    if (!declared.some((each) => each.type === type)) faults.push(`${type} is released and declared no more`);
  return faults;
}

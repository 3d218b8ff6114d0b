import { Problem } from './problem.js';

/** Deepest nesting of arrays and objects in a request body. */
export const MAX_DEPTH = 16;
/** Most values of a body, objects and lists counted: more than any form takes, and few enough to look at each. */
export const MAX_VALUES = 5_000;
/** Longest name of a field, in characters. */
const MAX_KEY = 200;

/** What every object has without anybody having said it; `prototype` is what classes have. */
const INHERITED: ReadonlySet<string> = new Set([...Object.getOwnPropertyNames(Object.prototype), 'prototype']);

/** A name that a field may have and a look-up can trust. */
export const isFieldName = (key: string): boolean => key.length <= MAX_KEY && !INHERITED.has(key) && isStorableText(key);

/**
 * Refuses, before anything is made of it, a body with too many values, nested too deep, with numbers or texts that no store
 * can hold, or with fields named as what every object has. Walks with a list of its own, so depth cannot exhaust the call
 * stack, and looks at no more than it takes.
 * @throws Problem 400 `body.too-many-values` | `body.too-deep` | `body.invalid-number` | `body.invalid-text` | `body.invalid-key`
 */
export function assertWellFormed(body: unknown): void {
  const pending: Placed[] = [{ value: body, path: '', depth: 0 }];
  let values = 1;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value, path, depth } = next;
    if (typeof value === 'string' && !isStorableText(value))
      throw refusal('body.invalid-text', path, 'text', 'text may hold neither NUL nor half a surrogate pair');
    if (typeof value === 'number' && !Number.isFinite(value))
      throw refusal('body.invalid-number', path, 'number', 'a number is larger than any that is held');
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= MAX_DEPTH) throw refusal('body.too-deep', path, 'depth', `arrays and objects may nest ${MAX_DEPTH} deep`);
    const keys = Array.isArray(value) && value.length > MAX_VALUES ? [] : Object.keys(value);
    values += Array.isArray(value) ? value.length : keys.length;
    if (values > MAX_VALUES) throw refusal('body.too-many-values', path, 'count', `a body may hold ${MAX_VALUES} values`);
    for (const key of keys) {
      if (!isFieldName(key)) throw refusal('body.invalid-key', path, 'key', 'a field has a name that is not allowed');
      pending.push({ value: (value as Record<string, unknown>)[key], path: path === '' ? key : `${path}.${key}`, depth: depth + 1 });
    }
  }
}

interface Placed {
  value: unknown;
  path: string;
  depth: number;
}

const refusal = (code: string, path: string, rule: string, detail: string): Problem =>
  new Problem(400, code, detail, { errors: [{ field: path.slice(0, MAX_KEY), rule, detail }] });

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * A body, or a message, as JSON; an empty one is absent.
 * @throws Problem 400 `body.malformed`, also where its bytes are no UTF-8
 */
export function readJson(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return undefined;
  let text: string;
  try {
    text = UTF8.decode(bytes);
  } catch {
    throw refusal('body.malformed', '', 'utf-8', 'the body is not UTF-8');
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw refusal('body.malformed', '', 'json', 'the body is not JSON');
  }
}

/**
 * Refuses an address whose parameters hold text that no store can hold, or are named as what every object has: a form would
 * take such a one for its own.
 * @throws Problem 400 `request.invalid`
 */
export function assertStorable({ query, params }: { query: unknown; params: unknown }): void {
  for (const field of Object.keys(query ?? {}))
    if (!isFieldName(field))
      throw new Problem(400, 'request.invalid', 'the request does not have the form it should', {
        errors: [{ field: field.slice(0, MAX_KEY), rule: 'unknown-field', detail: 'there is no such field' }],
      });
  for (const [field, value] of [query, params].flatMap((each) => Object.entries(each ?? {})))
    if (![value].flat().every((text) => typeof text !== 'string' || isStorableText(text)))
      throw new Problem(400, 'request.invalid', 'text may hold neither NUL nor half a surrogate pair', {
        errors: [{ field, rule: 'text', detail: 'holds NUL or half a surrogate pair' }],
      });
}

export const isStorableText = (text: string): boolean => !text.includes('\0') && text.isWellFormed();

import { Problem } from './problem.js';

/** Deepest nesting of arrays and objects in a request body. */
export const MAX_DEPTH = 16;

/**
 * Refuses bodies nested too deep, text that no store can hold (NUL, half a surrogate pair) and keys that reach into
 * prototypes. Walks with a list of its own, so depth cannot exhaust the call stack.
 * @throws Problem 400 `body.too-deep` | `body.invalid-text` | `body.invalid-key`
 */
export function assertWellFormed(body: unknown): void {
  const pending: { value: unknown; path: string; depth: number }[] = [{ value: body, path: '', depth: 0 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value, path, depth } = next;
    if (typeof value === 'string') {
      if (!isStorableText(value))
        throw new Problem(400, 'body.invalid-text', 'text may hold neither NUL nor half a surrogate pair', {
          errors: [{ field: path, rule: 'text', detail: 'holds NUL or half a surrogate pair' }],
        });
    } else if (typeof value === 'object' && value !== null) {
      if (depth >= MAX_DEPTH)
        throw new Problem(400, 'body.too-deep', `arrays and objects may nest ${MAX_DEPTH} deep`, {
          errors: [{ field: path.slice(0, 200), rule: 'depth', detail: `nested deeper than ${MAX_DEPTH}` }],
        });
      for (const [key, child] of Object.entries(value)) {
        const childPath = path === '' ? key : `${path}.${key}`;
        if (key === '__proto__' || key === 'constructor' || key === 'prototype' || !isStorableText(key))
          throw new Problem(400, 'body.invalid-key', 'a field has a name that is not allowed', {
            errors: [{ field: path, rule: 'key', detail: 'field name not allowed' }],
          });
        pending.push({ value: child, path: childPath, depth: depth + 1 });
      }
    }
  }
}

/**
 * Refuses an address whose parameters hold text that no store can hold.
 * @throws Problem 400 `request.invalid`
 */
export function assertStorable({ query, params }: { query: unknown; params: unknown }): void {
  for (const [field, value] of [query, params].flatMap((each) => Object.entries(each ?? {})))
    if (![value].flat().every((text) => typeof text !== 'string' || isStorableText(text)))
      throw new Problem(400, 'request.invalid', 'text may hold neither NUL nor half a surrogate pair', {
        errors: [{ field, rule: 'text', detail: 'holds NUL or half a surrogate pair' }],
      });
}

export const isStorableText = (text: string): boolean => !text.includes('\0') && text.isWellFormed();

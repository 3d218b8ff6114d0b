import { readInstant } from '@touchline/core';
import { OneOf, Text } from './fields.js';
import { Problem } from './problem.js';
import { QueryInt, ReadQuery } from './query-fields.js';
import { isStorableText } from './well-formed.js';

const MAX_PAGE = 200;
const DEFAULT_PAGE = 50;

/**
 * A page of a list that is paged by key: the next page begins after the last row of this one, wherever that row stands by
 * then, so that rows which come in meanwhile neither repeat nor hide others.
 */
export class PageQuery extends ReadQuery {
  @QueryInt({ optional: true, min: 1, max: MAX_PAGE, description: `most rows of the page; default ${DEFAULT_PAGE}` })
  limit?: number;

  @Text({ optional: true, max: 500, as: 'given', description: '`next` of the page before' })
  cursor?: string;
}

/** Of a list that can be read from either end. */
export class OrderedPageQuery extends PageQuery {
  @OneOf(['asc', 'desc'], { optional: true })
  order?: 'asc' | 'desc';
}

export interface Page<T> {
  items: T[];
  /** Cursor of the page after; null on the last. */
  next: string | null;
}

export type KeyKind = 'text' | 'number' | 'instant';
type KeyPart = string | number;

const FITS: Readonly<Record<KeyKind, (value: unknown) => boolean>> = {
  text: (value) => typeof value === 'string' && isStorableText(value),
  number: (value) => Number.isSafeInteger(value),
  // As this list gave it out, in the one form that texts are compared in.
  instant: (value) => readInstant(value) === value,
};

/** How one list is paged: what its rows are sorted by, under the name of that order. */
export class Paging {
  readonly size: number;
  private readonly order: string;

  constructor(
    private readonly query: PageQuery,
    sort: string,
    readonly kinds: readonly KeyKind[],
    readonly direction: 'asc' | 'desc' = 'desc',
  ) {
    this.size = query.limit ?? DEFAULT_PAGE;
    this.order = `${sort} ${direction}`;
  }

  /**
   * The key of the last row of the page before; null on the first page.
   * @throws Problem 400 `cursor.malformed`, also where the cursor was given for another order
   */
  after(): KeyPart[] | null {
    if (this.query.cursor === undefined) return null;
    const [order, ...key] = parsed(this.query.cursor);
    const fits = order === this.order && key.length === this.kinds.length && this.kinds.every((kind, index) => FITS[kind](key[index]));
    if (!fits)
      throw new Problem(400, 'cursor.malformed', 'give `next` of the page before, with the same order', {
        errors: [{ field: 'cursor', rule: 'cursor', detail: 'no cursor of this list and order' }],
      });
    return key as KeyPart[];
  }

  /** Of one row more than a page holds, where there is one. */
  page<T>(rows: readonly T[], keyOf: (row: T) => KeyPart[]): Page<T> {
    const items = rows.slice(0, this.size);
    const last = items.at(-1);
    const more = rows.length > this.size && last !== undefined;
    return { items, next: more ? Buffer.from(JSON.stringify([this.order, ...keyOf(last)])).toString('base64url') : null };
  }
}

function parsed(cursor: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

import type { KeyKind, Paging } from '@touchline/http';
import type { Place } from './read-models.js';

const CAST: Readonly<Record<KeyKind, string>> = { instant: '::timestamptz', number: '::bigint', text: '' };

/** How a statement gives one page of a list, and one row more, which tells whether another page follows. */
export interface Keyset {
  /** That a row comes behind the page before; nothing on the first page. */
  beyond: string[];
  /** What the list is sorted by. */
  order: [column: string, direction: 'asc' | 'desc'][];
  limit: number;
}

/** A page behind the last row of the page before, by the columns of the list's key in their order. @throws Problem 400 `cursor.malformed` */
export function keyset($: Place, paging: Paging, ...columns: readonly string[]): Keyset {
  const { direction, size, kinds } = paging;
  const after = paging.after();
  const places = after?.map((value, index) => $(value) + CAST[kinds[index] ?? 'text']);
  return {
    beyond: places === undefined ? [] : [`(${columns.join(', ')}) ${direction === 'desc' ? '<' : '>'} (${places.join(', ')})`],
    order: columns.map((column) => [column, direction]),
    limit: size + 1,
  };
}

/** The end of a statement that gives such a page. */
export const pageSql = ({ order, limit }: Keyset): string => `order by ${order.map((each) => each.join(' ')).join(', ')} limit ${limit}`;

export const where = (conditions: readonly string[]): string => (conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`);

import type { Route } from './api-document.js';

/** How a request differs from one that fits. */
export interface Variant {
  /** What is wrong with it, beside what its row says. */
  what?: string;
  /** Null: without this header. */
  headers?: Record<string, string | null>;
  /** Exactly these bytes. */
  body?: string | undefined;
  /** In place of the route's path. */
  path?: string;
  /** Parameters of a query, as they are sent. */
  query?: string;
  /** Who sends it, where it is not somebody who may do everything. */
  token?: string;
  /** The field that must be named as being at fault. */
  field?: string;
  /** In place of the row's. */
  code?: string;
  rule?: string;
}

/** One way for a request to be malformed, tried on every route that it makes sense for. */
export interface Malformed {
  how: string;
  status: number;
  code: string;
  of: (route: Route) => Variant[];
}

export const only = (condition: boolean, ...variants: Variant[]): Variant[] => (condition ? variants : []);

/** Where every process gets its time from; the wall clock in production, a controlled one in tests. */
export interface Clock {
  /** The present instant, ISO 8601 in UTC with milliseconds. */
  now(): Promise<string>;
}

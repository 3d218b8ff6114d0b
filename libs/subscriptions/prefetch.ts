/**
 * The same values, each asked for while the one before is being worked on, and no further ahead. Whoever breaks off must
 * end the source by other means too: the value that was asked for may be long in coming.
 */
export async function* prefetchOne<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
  const values = source[Symbol.asyncIterator]();
  const ask = (): Promise<IteratorResult<T, unknown>> => values.next();
  let next = ask();
  try {
    for (let result = await next; result.done !== true; result = await next) {
      next = ask();
      // Its failure belongs to whoever takes it; until then nobody does.
      next.catch(() => undefined);
      yield result.value;
    }
  } finally {
    void values.return?.();
  }
}

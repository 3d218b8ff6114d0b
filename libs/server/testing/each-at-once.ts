/** Requests on their way at a time. */
const AT_ONCE = 24;

/** The answers, in order; a bounded number is waited for at a time. */
export async function eachAtOnce<T, R>(cases: readonly T[], ask: (each: T) => Promise<R>): Promise<R[]> {
  const answers: R[] = [];
  const next = cases.entries();
  const work = async (): Promise<void> => {
    for (const [index, each] of next) answers[index] = await ask(each);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return answers;
}

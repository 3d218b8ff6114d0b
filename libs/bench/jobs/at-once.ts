/** Does something over and over, so many at once, for so long after warming up for a share of that time; each at least once. */
export async function atOnce(
  workers: number,
  seconds: number,
  warmUp: number,
  work: (worker: number) => Promise<void>,
): Promise<{ perSecond: number; latenciesMs: number[] }> {
  const latenciesMs: number[] = [];
  const from = performance.now() + seconds * warmUp * 1000;
  const until = from + seconds * 1000;
  let last = from;
  const loop = async (worker: number): Promise<void> => {
    let done = 0;
    for (let began = performance.now(); began < until || done === 0; began = performance.now()) {
      await work(worker);
      if (began < from) continue;
      last = performance.now();
      latenciesMs.push(last - began);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: workers }, (_, worker) => loop(worker)));
  return { perSecond: (latenciesMs.length * 1000) / (last - from), latenciesMs };
}

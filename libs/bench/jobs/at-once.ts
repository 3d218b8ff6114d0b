const WARMING_UP = 0.3;

/** Does something over and over, so many at once, for so long after a while of warming up; each at least once. */
export async function atOnce(
  workers: number,
  seconds: number,
  work: (worker: number) => Promise<void>,
): Promise<{ perSecond: number; latenciesMs: number[] }> {
  const latenciesMs: number[] = [];
  const from = performance.now() + seconds * WARMING_UP * 1000;
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

import type { Benchmark, Figure } from './benchmark.js';
import { lineOf } from './report/text.js';
import type { World } from './world.js';

export interface Telling {
  say: (line: string) => unknown;
  /** All that was measured of a benchmark so far. */
  keep: (name: string, figures: Figure[]) => Promise<void>;
}

/** One after the other; each figure is kept as it comes, and one that fails keeps none of the others from it. False where one failed. */
export async function measureEach(benchmarks: readonly Benchmark[], world: World, { say, keep }: Telling): Promise<boolean> {
  let all = true;
  for (const benchmark of benchmarks) {
    const { name } = benchmark;
    say(`${name} …`);
    const missing = benchmark.missing?.() ?? null;
    if (missing !== null) {
      say(`  left out: ${missing}`);
      continue;
    }
    const figures: Figure[] = [];
    try {
      for await (const figure of benchmark.measure(world)) {
        say(`  ${lineOf(figure)}`);
        figures.push(figure);
        await keep(name, figures);
      }
    } catch (error) {
      say(`  failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      all = false;
    }
  }
  return all;
}

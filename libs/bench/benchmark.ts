import type { World } from './world.js';

/** What a figure must come to; a ratio is the measured over what it is measured against, in the same run. */
export type Goal = { kind: 'ratio-at-least' | 'ratio-at-most' | 'at-most'; value: number };

/** One line of the table: a value of each round, and of what it is held against. */
export interface Figure {
  what: string;
  unit: string;
  measured: readonly number[];
  against?: { what: string; values: readonly number[] };
  goals: readonly Goal[];
  /** What else the rounds showed, in words. */
  beside?: string;
}

/** One file of `benchmarks/`, and a line in its list. */
export interface Benchmark {
  name: string;
  /** What is measured, and how, in a sentence or two. */
  about: string;
  /** Why it cannot be measured on this machine; null where it can. */
  missing?: () => string | null;
  /** Each figure as it comes: what was measured is kept, whatever comes of the rest. */
  measure(world: World): AsyncIterable<Figure>;
}

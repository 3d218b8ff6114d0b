import fc from 'fast-check';
import type { StepTaken } from './trails.js';

/**
 * Histories in two recorded orders: steps of a few streams, late ones among them, each at a time of its own, and
 * corrections, which come after what they correct and, of one step, in one order: the last word counts.
 */
export const historiesInTwoOrders: fc.Arbitrary<[StepTaken[], StepTaken[]]> = fc
  .array(
    fc.record({
      stream: fc.constantFrom('a', 'b', 'c'),
      also: fc.constantFrom<string[] | undefined>(undefined, ['x'], ['x', 'y']),
      ends: fc.boolean().map((ends) => ends || undefined),
      correctsEarlier: fc.option(fc.nat(), { freq: 3 }),
    }),
    { minLength: 1, maxLength: 14 },
  )
  .chain((drafts) =>
    fc
      .tuple(
        fc.shuffledSubarray(
          drafts.map((_, index) => index),
          { minLength: drafts.length },
        ),
        fc.array(fc.nat(), { minLength: drafts.length, maxLength: drafts.length }),
      )
      .map(([minutes, ranks]): [StepTaken[], StepTaken[]] => {
        const steps: StepTaken[] = [];
        for (const [index, draft] of drafts.entries()) {
          const data = {
            step: `s${index}`,
            ...(draft.also && { also: draft.also }),
            ...(draft.ends === true && index % 3 === 0 && { ends: true }),
          };
          const earlier = draft.correctsEarlier === null ? [] : steps.filter(({ stream }) => stream === draft.stream);
          const corrected = earlier[(draft.correctsEarlier ?? 0) % Math.max(1, earlier.length)];
          steps.push({
            id: `e${index}`,
            stream: draft.stream,
            minute: minutes[index]!,
            data,
            ...(corrected !== undefined && { corrects: corrected.id }),
          });
        }
        return [steps, inAnotherOrder(steps, ranks)];
      }),
  );

/** Any order in which no correction comes before what it corrects, nor before an earlier correction of the same. */
export function inAnotherOrder<T extends { id: string; corrects?: string }>(steps: readonly T[], ranks: readonly number[]): T[] {
  const rank = new Map<string, number>();
  const originalOf = (step: T): T => {
    const named = steps.find(({ id }) => id === step.corrects);
    return named === undefined ? step : originalOf(named);
  };
  const latestOfOriginal = new Map<string, number>();
  for (const [index, step] of steps.entries()) {
    const original = originalOf(step).id;
    const floor = latestOfOriginal.get(original) ?? -1;
    const own = step.corrects === undefined ? ranks[index]! : Math.max(ranks[index]!, floor + 1);
    rank.set(step.id, own);
    latestOfOriginal.set(original, own);
  }
  return steps
    .map((step, index) => ({ step, index }))
    .sort((a, b) => (rank.get(a.step.id) ?? 0) - (rank.get(b.step.id) ?? 0) || a.index - b.index)
    .map(({ step }) => step);
}

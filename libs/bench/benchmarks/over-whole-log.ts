import type { Figure } from '../benchmark.js';
import { run } from '../child.js';
import { inRounds, median } from '../statistics.js';
import type { World } from '../world.js';

interface Walked {
  events: number;
  seconds: number;
  peakMiB: number;
}

/** A process that goes over a whole log. */
type Walk = (url: string) => Promise<Walked>;

const perSecond = ({ events, seconds }: Walked): number => events / seconds;

/** How fast something goes over a million events beside reading and parsing them, and what memory it takes, there and at a tenth. */
export async function* overWholeLog(
  world: World,
  what: string,
  walk: Walk,
  { share, views = false }: { share: number; views?: boolean },
): AsyncGenerator<Figure> {
  const { rounds, events, small } = world.size;
  const name = what.replaceAll(/[^a-z]/g, '_');
  const [largeUrl, smallUrl] = [await world.log(name, events, { views }), await world.log(`${name}_small`, small, { views })];
  const large = await inRounds(rounds, { ours: () => walk(largeUrl), read: () => run('readLog', { url: largeUrl }) });
  yield {
    what,
    unit: 'events/s',
    measured: large.ours.map(perSecond),
    against: { what: 'reading and parsing the same log', values: large.read.map(perSecond) },
    goals: [{ kind: 'ratio-at-least', value: share }],
  };
  const little = await inRounds(rounds, { ours: () => walk(smallUrl) });
  yield memoryFigure(what, large.ours, little.ours);
  await world.cleanUp(world.drop(name), world.drop(`${name}_small`));
}

export const memoryFigure = (what: string, large: readonly { peakMiB: number }[], small: readonly { peakMiB: number }[]): Figure => ({
  what: `peak memory of ${what}`,
  unit: 'MiB',
  measured: large.map(({ peakMiB }) => peakMiB),
  against: { what: 'the same at a tenth of the events', values: large.map(() => median(small.map(({ peakMiB }) => peakMiB))) },
  goals: [
    { kind: 'ratio-at-most', value: 1.3 },
    { kind: 'at-most', value: 512 },
  ],
});

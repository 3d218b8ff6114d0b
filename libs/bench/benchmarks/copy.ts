import type { Benchmark } from '../benchmark.js';
import { run } from '../child.js';
import { inRounds } from '../statistics.js';
import { memoryFigure } from './over-whole-log.js';

export const copy: Benchmark = {
  name: 'copy',
  about: 'The log copied to another database and compared with it, as touchline log copy does.',
  async *measure(world) {
    const { events, small, rounds } = world.size;
    const once = async (size: number) => {
      const [url, to] = [await world.log('copied', size), await world.empty('copy')];
      const done = await run('copy', { url, to });
      await world.cleanUp(world.drop('copied'), world.drop('copy'));
      return done;
    };
    // Memory is asked of it, and no speed: one run of the large log is enough, which takes minutes.
    const large = [await once(events)];
    yield { what: 'log copy, compared', unit: 'events/s', measured: large.map((each) => each.events / each.seconds), goals: [] };
    const { little } = await inRounds(rounds, { little: () => once(small) });
    yield memoryFigure('log copy', large, little);
  },
};

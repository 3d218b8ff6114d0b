import { missingForKafka } from '@touchline/testing/kafka-process.js';
import type { Benchmark } from '../benchmark.js';
import { beside, run } from '../child.js';
import { SEED } from '../data/write-log.js';
import { inRounds } from '../statistics.js';
import { journeysOf } from './commands.js';

const PER_SECOND = 200;
const JOURNEYS = 20_000;
const PREFIX = 'consumed';

export const consumed: Benchmark = {
  name: 'consumed',
  about: `From the answer to a recording until a consumer of committed messages (kafkajs, read_committed) is handed it, at ${PER_SECOND} recordings a second, while the relay follows. Recording and consuming share a process.`,
  missing: missingForKafka,
  async *measure(world) {
    const { rounds, seconds, backlog } = world.size;
    const broker = await world.broker();
    const { brokers } = broker;
    const url = await world.log('consumed', backlog / 10, { long: false });
    const journeys = await journeysOf(url, JOURNEYS);
    const input = { url, brokers, prefix: PREFIX };
    const { handed } = await beside('relayOn', input, () =>
      inRounds(rounds, {
        handed: (round) => run('consumed', { ...input, perSecond: PER_SECOND, seconds: 2 * seconds, journeys, seed: SEED + round }),
      }),
    );
    yield {
      what: 'append → consumed, p50',
      unit: 'ms',
      measured: handed.map(({ p50Ms }) => p50Ms),
      goals: [{ kind: 'at-most', value: 40 }],
    };
    yield {
      what: 'append → consumed, p99',
      unit: 'ms',
      measured: handed.map(({ p99Ms }) => p99Ms),
      goals: [{ kind: 'at-most', value: 150 }],
    };
    await world.cleanUp(world.drop('consumed'), broker.forget(PREFIX));
  },
};

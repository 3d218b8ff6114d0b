import { missingForKafka } from '@touchline/testing/kafka-process.js';
import type { Benchmark } from '../benchmark.js';
import { run } from '../child.js';
import { inRounds } from '../statistics.js';
import { memoryFigure } from './over-whole-log.js';

const SMALL_SHARE = 10;
const FIRST = 'told0';

export const relay: Benchmark = {
  name: 'relay',
  about:
    'The relay catches up a log of 200,000 events on topics that are empty, of one Kafka (infra/kafka): numbers, messages of all topics, manifests and positions, a transaction a batch; from taking the lease to the last commit. Against kafkajs producing the same messages (keys, headers and values) to the same partitions of topics of the same shape, in no transaction: 500 a request, 3 requests on their way, acks of all.',
  missing: missingForKafka,
  async *measure(world) {
    const { rounds, backlog } = world.size;
    const broker = await world.broker();
    const { brokers } = broker;
    const tell = async (events: number, prefix: string) => {
      // Numbers that were given are found again: each time a database that has none.
      const told = await run('relay', { url: await world.log('relayed', events, { long: false }), brokers, prefix });
      if (prefix !== FIRST) await broker.forget(prefix);
      return told;
    };
    // The first round begins with the relay, whose messages of that round are the ones that are produced again.
    let first = { events: 0, messages: 0 };
    const produce = async (to: string) => {
      await world.settle();
      const produced = await run('produce', { brokers, from: FIRST, messages: first.messages, to });
      await broker.forget(to);
      return { ...produced, events: first.events };
    };
    const large = await inRounds(rounds, {
      ours: async (round) => {
        const told = await tell(backlog, `told${round}`);
        if (round === 0) first = told;
        return told;
      },
      plain: (round) => produce(`plain${round}`),
    });
    yield {
      what: 'relay catching up',
      unit: 'events/s',
      measured: large.ours.map(perSecond),
      against: { what: 'plain kafkajs producing the same messages', values: large.plain.map(perSecond) },
      goals: [{ kind: 'ratio-at-least', value: 0.5 }],
    };
    const small = await inRounds(rounds, { ours: (round) => tell(backlog / SMALL_SHARE, `small${round}`) });
    yield memoryFigure('relay catching up', large.ours, small.ours);
    await world.cleanUp(world.drop('relayed'), broker.forget(FIRST));
  },
};

const perSecond = ({ events, seconds }: { events: number; seconds: number }): number => events / seconds;

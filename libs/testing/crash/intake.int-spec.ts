import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { streamName } from '@touchline/core';
import { binary } from '@touchline/intake/testing/messages.js';
import type { Posted } from '@touchline/intake/testing/intake-on.js';
import { post, rejectsOf, untilTaken } from '@touchline/intake/testing/intake-on.js';
import { intakeTopicSpecs, intakeTopics } from '@touchline/intake-state/topics.js';
import { ensureTopics, kafkaClient } from '@touchline/kafka';
import { useApi } from '@touchline/server/testing/use-api.js';
import { describeWithKafka } from '../kafka.js';
import { certified } from '../certificate/certified.js';
import { effort, seedOf } from '../effort.js';
import type { Chance } from './chance.js';
import { chanceFrom } from './chance.js';
import { AppProcess } from './process.js';
import { supervise } from './world.js';
import { newSecrets } from '../secrets.js';

const KILLS = effort(40, 4);
const PORTIONS = 3 * KILLS;
const IN_A_PORTION = 12;
/** How long a member may work before it is killed, at the most; long enough to take over where there are many kills. */
const LIFE_MS = effort(5_000, 1_500);
const PATIENCE_MS = effort(180_000, 90_000);

interface Told extends Posted {
  reference: string;
  journeyId: string;
  bad: boolean;
}

describeWithKafka('the intake, two of it, killed and held still again and again', (kafka) => {
  const seed = seedOf('intake');
  const points = certified({
    ...{ name: 'intake', seed, rulesOut: ['lost', 'doubled', 'out of order'] },
    does: 'kill -9 of two members of the intake, while messages come, some of them malformed or sent twice',
    checks: 'every journey holds its messages once and in the order they were sent; every malformed message is among the rejects once',
  });
  const secrets = newSecrets();
  const api = useApi(secrets);
  const ended = new AbortController();
  let members: AppProcess[] = [];
  let supervised: Promise<void> | undefined;
  let chance: Chance;
  const journeys: string[] = [];

  beforeAll(async () => {
    chance = chanceFrom(seed);
    await ensureTopics(kafkaClient({ brokers: kafka.brokers.split(','), clientId: 'test' }), intakeTopicSpecs(kafka.prefix));
    const li = await api.as('li');
    for (let index = 0; index < 8; index++) {
      const person = { phone: `138000072${String(index).padStart(2, '0')}` };
      const call = { occurredAt: '2025-05-01T02:00:00Z', siteId: 'pudong', contactTaken: true, person };
      journeys.push((await li.record('/calls/received', call)).journeyId ?? '');
    }
    const env = {
      ...{ NODE_ENV: 'test', LOG_LEVEL: 'info', PORT: '0', DATABASE_URL: api.platform.settings.store.databaseUrl },
      ...{ KAFKA_BROKERS: kafka.brokers, KAFKA_TOPIC_PREFIX: kafka.prefix, ...secrets },
    };
    members = ['a', 'b'].map((name) => new AppProcess(`intake-${name}`, 'intake', /taking messages in/, env));
    supervised = supervise(members, ended.signal);
  });
  afterAll(async () => {
    ended.abort();
    await supervised;
    for (const each of members) {
      each.signal('SIGCONT');
      await each.kill();
    }
  });

  let count = 0;
  /** One in six is malformed, one in nine says again what was said before. */
  function next(told: readonly Told[]): Told {
    count += 1;
    if (count % 9 === 0) return chance.pick(told);
    const [reference, journeyId, bad] = [`m-${count}`, chance.pick(journeys), count % 6 === 0];
    const data = { journeyId, occurredAt: '2025-05-02T02:00:00Z', ...(!bad && { reached: true }) };
    return { key: journeyId, message: binary({ type: 'call-made', reference, data }), reference, journeyId, bad };
  }

  it('loses none, doubles none, and keeps their order', async () => {
    const told: Told[] = [];
    let kills = 0;
    for (let portion = 0; portion < PORTIONS; portion++) {
      const those: Told[] = [];
      for (let index = 0; index < IN_A_PORTION; index++) those.push(next([...told, ...those]));
      await post(kafka.brokers, intakeTopics(kafka.prefix).intake, those);
      told.push(...those);
      if (portion % (PORTIONS / KILLS) !== 0) continue;
      await delay(chance.below(LIFE_MS));
      const working = members.filter(({ ready }) => ready);
      await points.kill(chance.pick(working.length > 0 ? working : members));
      kills += 1;
    }
    // Still, for longer than a group waits, while the other takes over; then it goes on where it stood.
    const [held, other] = members;
    if (held === undefined || other === undefined) throw new Error('there are two');
    held.signal('SIGSTOP');
    const those = Array.from({ length: 60 }, () => next(told));
    told.push(...those);
    await post(kafka.brokers, intakeTopics(kafka.prefix).intake, those);
    await untilTaken(kafka.brokers, kafka.prefix, PATIENCE_MS);
    held.signal('SIGCONT');
    const last = Array.from({ length: 24 }, () => next(told));
    told.push(...last);
    await post(kafka.brokers, intakeTopics(kafka.prefix).intake, last);
    await untilTaken(kafka.brokers, kafka.prefix, PATIENCE_MS);
    expect(kills).toBe(KILLS);

    for (const journeyId of journeys) {
      const events = await api.platform.services.deps.streams.events(streamName('journey', 'dongfang', journeyId));
      const recorded = events.flatMap(({ meta }) => (meta.source === undefined ? [] : [meta.source.reference]));
      const wanted = told.filter((each) => each.journeyId === journeyId && !each.bad).map(({ reference }) => reference);
      expect(recorded).toEqual([...new Set(wanted)]);
    }
    const rejects = await rejectsOf(kafka.brokers, kafka.prefix);
    expect(new Set(rejects.map(({ key }) => key)).size).toBe(rejects.length);
    const references = (each: readonly (string | undefined)[]): string[] => each.map(String).sort();
    expect(references(rejects.map(({ reject }) => reject.from.reference))).toEqual(
      references(told.filter(({ bad }) => bad).map(({ reference }) => reference)),
    );
  }, 680_000);
});

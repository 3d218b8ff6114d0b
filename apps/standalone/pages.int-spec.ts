import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { PLATFORM } from '@touchline/core';
import { TENANT } from '@touchline/demo';
import { useWireServer } from '@touchline/event-store/testing/wire-server/use-wire-server.js';
import { intakeTopics } from '@touchline/intake-state/topics.js';
import { post, rejectsOf, untilTaken } from '@touchline/intake/testing/intake-on.js';
import { binary } from '@touchline/intake/testing/messages.js';
import { WITH_BROKERS } from '@touchline/testing/docs-commands.js';
import { eventually } from '@touchline/testing/eventually.js';
import { describeWithKafka } from '@touchline/testing/kafka.js';
import { useDatabase } from '@touchline/testing/postgres.js';
import { READY, STARTS_IN_MS, signedIn, useProcesses } from './testing/processes.js';
import { Reader } from './testing/reader.js';

const { sending, settling, takingOver, copying, moving, moved, guarding } = WITH_BROKERS;

describeWithKafka('the pages on brokers and on another log', (kafka) => {
  const database = useDatabase();
  const wire = useWireServer();
  const start = useProcesses();
  let home = '';
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'touchline-home-'));
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  it(
    'hold as they stand: messages are sent, refused, settled, and the log is copied to another server, on which all goes on',
    async () => {
      const { brokers, prefix } = kafka;
      const given = { TOUCHLINE_HOME: home, DATABASE_URL: database.url, KAFKA_BROKERS: brokers, KAFKA_TOPIC_PREFIX: prefix };
      const before = await start('standalone', given, READY);
      const [, url = '', password = ''] = before.ready;
      const secrets = JSON.parse(await readFile(join(home, 'secrets.json'), 'utf8')) as Record<string, string>;
      const reader = await Reader.begin({ ...secrets, ...given, URL: url, PASSWORD: password, TENANT });

      // Somebody whom the group does not know yet.
      const operator = await signedIn(url, 'ops', password, PLATFORM);
      await eventually(async () => (await operator.get<{ state: string }>('/admin/intake')).state === 'running');
      const call = { siteId: 'pudong', occurredAt: '2026-01-05T10:00:00+08:00', contactTaken: true, person: { phone: '138 0000 2222' } };
      const early = binary({ type: 'call-received', reference: 'pbx-1', source: '/demo/pbx', data: call });
      await post(brokers, intakeTopics(prefix).intake, [{ key: 'caller-1', message: early }]);
      await eventually(async () => (await rejectsOf(brokers, prefix)).length === 1);

      await reader.run(sending, {}, { "topic: 'touchline.intake'": `topic: '${intakeTopics(prefix).intake}'` });
      await untilTaken(brokers, prefix);
      expect(await reader.run(settling)).toMatch(/source\.unknown[^]*\n1 stand\n[^]*1 of 1 settled/);
      expect((await reader.bash('touchline intake rejected')).stdout).toBe('0 stand\n');
      await reader.run(takingOver);

      // Every partition stands, so each of the two that share them is not ready, and is again once it is over.
      const worker = await start('intake', { ...secrets, ...given, LOG_LEVEL: 'info' }, /"url":"([^"]+)"[^\n]*taking messages in/);
      const readiness = () =>
        Promise.all(
          [url, worker.ready[1] ?? ''].map(async (each) => {
            const answer = await fetch(`${each}/health/ready`);
            return `${answer.status} ${await answer.text()}`;
          }),
        );
      const silent = (key: string) => {
        const data = { ...call, contactTaken: false, person: undefined };
        return { key, message: binary({ type: 'call-received', reference: key, source: '/demo/pbx', data }) };
      };
      await database.pool.query(`
        create function event_log.fails() returns trigger language plpgsql as $$ begin raise 'a fault of ours'; end $$;
        create trigger fails before insert on event_log.events for each row when (new.stream like 'contact-%') execute function event_log.fails()`);
      await post(
        brokers,
        intakeTopics(prefix).intake,
        Array.from({ length: 48 }, (_, n) => silent(`caller-${n}`)),
      );
      const standing = /^503 [^]*standing: partitions \d(, \d)* of the intake/;
      await eventually(async () => (await readiness()).every((told) => standing.test(told)));
      await database.pool.query('drop trigger fails on event_log.events; drop function event_log.fails()');
      await untilTaken(brokers, prefix);
      await eventually(async () => (await readiness()).every((told) => told.startsWith('200 ')));
      expect(await worker.stop()).toBe(0);

      const server = await wire.start();
      const address = { 'esdb://user:password@new-server:2113': server.connectionString };
      const copied = await reader.run(copying, {}, address).catch(String);
      expect(copied).toMatch(/The copy is equal to the log|ended with 4: [^]*Somebody still writes to the log/);
      expect(await before.stop()).toBe(0);
      const target = { TARGET: server.connectionString };
      expect(await reader.run(moving, target)).toContain('The copy is equal to the log');

      server.refuse('delete', 'metadata');
      const there = { EVENTSTORE_URL: server.connectionString };
      const after = await start('standalone', { ...given, ...there }, READY);
      const { token } = await signedIn(after.ready[1] ?? '', 'ops', password, PLATFORM);
      expect(await reader.run(moved, { ...there, URL: after.ready[1] ?? '', TOKEN: token })).toContain('The log holds');
      await reader.run(guarding, there);
      await reader.end();
      expect(await after.stop()).toBe(0);
      expect(before.said().errors + after.said().errors).toBe('');
    },
    5 * STARTS_IN_MS,
  );
});

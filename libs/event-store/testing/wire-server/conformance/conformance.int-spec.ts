import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { readEventStoreAddress } from '@touchline/config/event-store-address.js';
import { useDatabase } from '@touchline/testing/postgres.js';
import { PostgresEventStore } from '../../../postgres/postgres-event-store.js';
import { startWireServer } from '../wire-server.js';
import { appendConformance } from './appends.js';
import { faultConformance } from './faults.js';
import { readConformance } from './reads.js';
import { connect, type ServerUnderTest } from './server-under-test.js';
import { subscriptionConformance } from './subscriptions.js';

// What a real server was seen to answer (docs/eventstoredb.md), held against the wire server as either of two versions, and
// against the server of EVENTSTORE_URL where one is given: whoever has one can tell whether the imitation is true.

type Opened = ServerUnderTest & { close(): Promise<void> };

function conformance(name: string, open: () => Promise<Opened>, isOurs: boolean): void {
  describe(`${name} answers`, () => {
    let opened: Opened | undefined;
    const server = (): ServerUnderTest => {
      if (opened === undefined) throw new Error('the server is there from beforeAll on');
      return opened;
    };
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened?.close());

    describe('appends', () => appendConformance(server));
    describe('reads', () => readConformance(server));
    describe('subscriptions to all', () => subscriptionConformance(server));
    if (isOurs) describe('when it is not itself', () => faultConformance(server));
    else it('not asked: what needs a follower, other rights or a restart, for it is not ours to set', () => undefined);
  });
}

const database = useDatabase();

for (const version of ['23.10', '24.6'] as const)
  conformance(
    `the wire server, as ${version},`,
    async () => {
      const behind = await PostgresEventStore.open({ url: database.url, maxAppendBytes: 2 * 1024 * 1024 });
      const wire = await startWireServer({ store: behind, version });
      const connected = await connect(wire.connectionString);
      const close = async (): Promise<void> => {
        await connected.close();
        await wire.close();
        await behind.close();
      };
      return { ...connected, wire, version, close };
    },
    true,
  );

const real = process.env['EVENTSTORE_URL'];
if (real !== undefined && real !== '')
  conformance(
    `the server at ${readEventStoreAddress(real).server}`,
    async () => ({ ...(await connect(real)), wire: null, version: null }),
    false,
  );

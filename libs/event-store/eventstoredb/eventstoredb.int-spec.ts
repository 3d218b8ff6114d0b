import { readEventStoreAddress } from '@touchline/config/event-store-address.js';
import { useDatabase } from '@touchline/testing/postgres.js';
import { PostgresEventStore } from '../postgres/postgres-event-store.js';
import { eventStoreContract } from '../testing/event-store-contract.js';
import { startWireServer } from '../testing/wire-server/wire-server.js';
import { EventStoreDbEventStore } from './eventstoredb-event-store.js';
import { DEADLINE_MS } from '@touchline/testing/patience.js';

const database = useDatabase();

eventStoreContract('the EventStoreDB driver, against the wire server', async () => {
  const behind = await PostgresEventStore.open({ url: database.url, maxAppendBytes: 2 * 1024 * 1024 });
  const server = await startWireServer({ store: behind });
  const open = () =>
    EventStoreDbEventStore.open({ connectionString: server.connectionString, deadlineMs: DEADLINE_MS, namespace: 'touchline' });
  const store = await open();
  return {
    store,
    another: open,
    dropConnections: async () => {
      server.dropConnections();
    },
    stopServer: () => server.stop(),
    startServer: () => server.start(),
    close: async () => {
      await store.close();
      await server.close();
      await behind.close();
    },
  };
});

const real = process.env['EVENTSTORE_URL'];
if (real !== undefined && real !== '')
  eventStoreContract(
    `the EventStoreDB driver, against the real server at ${readEventStoreAddress(real).server}`,
    async () => {
      const open = () => EventStoreDbEventStore.open({ connectionString: real, deadlineMs: DEADLINE_MS, namespace: 'contract' });
      const store = await open();
      return { store, another: open, close: () => store.close() };
    },
    { ownServer: false },
  );

import { eventStoreContract } from '../testing/event-store-contract.js';
import { startOwnPostgres } from '@touchline/testing/postgres.js';
import { createPool } from '@touchline/postgres';
import { PostgresEventStore } from './postgres-event-store.js';
import { DEADLINE_MS } from '@touchline/testing/patience.js';

// A poll interval beyond the tests' patience: what comes live came by notification.
const options = { deadlineMs: DEADLINE_MS, pollMs: 60_000 };

eventStoreContract('the Postgres driver', async () => {
  const server = await startOwnPostgres();
  const admin = createPool({ url: server.url, applicationName: 'contract', max: 1 });
  const store = await PostgresEventStore.open({ url: server.url, ...options });
  return {
    store,
    another: () => PostgresEventStore.open({ url: server.url, ...options }),
    dropConnections: async () => {
      await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'touchline-log-%'`);
    },
    stopServer: () => server.stop(),
    startServer: () => server.start(),
    close: async () => {
      await store.close();
      await admin.end();
      await server.destroy();
    },
  };
});

import { afterAll, beforeAll, describe } from '@jest/globals';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEventStoreAddress } from '@touchline/config/event-store-address.js';
import { makeAuthority, missingForAuthority } from '@touchline/testing/authority.js';
import { useDatabase } from '@touchline/testing/postgres.js';
import { PostgresEventStore } from '../../../postgres/postgres-event-store.js';
import { WireCluster } from '../wire-cluster.js';
import { startWireServer } from '../wire-server.js';
import { appendConformance } from './appends.js';
import { clusterConformance } from './cluster.js';
import { faultConformance } from './faults.js';
import { readConformance } from './reads.js';
import { rightsConformance, type Secured } from './rights.js';
import { rowOf } from './rows.js';
import { connect, type ServerUnderTest } from './server-under-test.js';
import { subscriptionConformance } from './subscriptions.js';

// What a real server was seen to answer (docs/eventstoredb.md), held against the wire server as either of two versions, and
// against the server of EVENTSTORE_URL where one is given: whoever has one can tell whether the imitation is true.

type Opened = ServerUnderTest & { close(): Promise<void> };

function conformance(name: string, open: () => Promise<Opened>, isOurs: boolean): void {
  describe(`${name} answers`, () => {
    const row = rowOf(isOurs);
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
    describe('reads', () => readConformance(server, row));
    describe('subscriptions to all', () => subscriptionConformance(server));
    describe('when it is not itself', () => faultConformance(server, row));
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

describe('a cluster of wire servers answers', () => {
  let opened: { cluster: WireCluster; close(): Promise<void> } | undefined;
  beforeAll(async () => {
    const behind = await PostgresEventStore.open({ url: database.url });
    const cluster = await WireCluster.start(behind);
    opened = { cluster, close: () => cluster.close().then(() => behind.close()) };
  });
  afterAll(() => opened?.close());
  clusterConformance(rowOf(true), () => opened!.cluster);
});

const without = missingForAuthority === null ? '' : `, not asked: ${missingForAuthority}`;
describe(`the wire server over TLS answers${without}`, () => {
  let opened: (Secured & { close(): Promise<void> }) | undefined;
  beforeAll(async () => {
    if (missingForAuthority !== null) return;
    const folder = await mkdtemp(join(tmpdir(), 'touchline-conformance-'));
    const { cert, key, ca } = await makeAuthority(folder);
    const behind = await PostgresEventStore.open({ url: database.url });
    const server = await startWireServer({ store: behind, tls: { cert: await readFile(cert), key: await readFile(key) } });
    const close = async (): Promise<void> => {
      await server.close();
      await behind.close();
      await rm(folder, { recursive: true });
    };
    opened = { server, ca, close };
  });
  afterAll(() => opened?.close());
  rightsConformance(rowOf(missingForAuthority === null), () => opened!);
});

const real = process.env['EVENTSTORE_URL'];
if (real !== undefined && real !== '') {
  conformance(
    `the server at ${readEventStoreAddress(real).server}`,
    async () => ({ ...(await connect(real)), wire: null, version: null }),
    false,
  );
  const mine = (): never => {
    throw new Error('nothing of this is asked of a server that is not ours');
  };
  describe('of a cluster', () => clusterConformance(rowOf(false), mine));
  describe('over TLS', () => rightsConformance(rowOf(false), mine));
}

import { expect, it } from '@jest/globals';
import { EventStoreDBClient, NO_STREAM, START } from '@eventstore/db-client';
import type { WireCluster } from '../wire-cluster.js';
import type { WireServer } from '../wire-server.js';
import type { Row } from './rows.js';
import { failureOf, newStream, note, withClient } from './server-under-test.js';

/** What a follower answers, and which nodes a client turns to. */
export function clusterConformance(row: Row, cluster: () => WireCluster): void {
  const followers = (): WireServer[] => cluster().nodes.filter((node) => node !== cluster().leader);
  const append = (client: EventStoreDBClient, stream = newStream(), requiresLeader = true) =>
    client.appendToStream(stream, [note()], { expectedRevision: NO_STREAM, requiresLeader });

  row('a follower that is asked for the leader names it, and writes nothing', 'a follower', async () => {
    const stream = newStream();
    for (const { connectionString } of followers())
      expect(await failureOf(withClient(connectionString, (client) => append(client, stream)))).toMatchObject({
        type: 'not-leader',
        code: 5,
        message: expect.stringContaining('Leader info available'),
        leader: { address: '127.0.0.1', port: cluster().leader.port },
      });
    const held = withClient(cluster().leader.connectionString, (client) => readAt(client, stream));
    expect(await failureOf(held)).toMatchObject({ type: 'stream-not-found' });
  });

  row('a follower that is not asked for the leader forwards an append, and it is written', 'a follower', async () => {
    const stream = newStream();
    const written = await withClient(followers()[0]!.connectionString, (client) => append(client, stream, false));
    expect(written).toMatchObject({ success: true, nextExpectedRevision: 0n });
    const atLeader = await withClient(cluster().leader.connectionString, (client) => readAt(client, stream));
    expect(atLeader).toEqual([written.position?.commit]);
  });

  row('of the nodes that an address names any may be down', 'a node to stop', async () => {
    for (const node of cluster().nodes) {
      await node.stop();
      if (node === cluster().leader) cluster().elect();
      expect(await withClient(cluster().connectionString, append)).toMatchObject({ success: true });
      await node.start();
    }
  });

  row('of several hosts behind +discover the client asks the first only', 'a node to stop', async () => {
    const [first] = cluster().nodes;
    const address = `${cluster().connectionString.replace('esdb://', 'esdb+discover://')}&maxDiscoverAttempts=2&discoveryInterval=10`;
    await first!.stop();
    if (first === cluster().leader) cluster().elect();
    expect(await failureOf(withClient(address, append))).toMatchObject({ message: expect.stringContaining('Failed to discover') });
    await first!.start();
    expect(await withClient(address, append)).toMatchObject({ success: true });
  });

  it("the successor's spelling the client does not know, and several hosts are no URL", () => {
    expect(() => EventStoreDBClient.connectionString`kurrentdb://log.example:2113`).toThrow();
    expect(() => EventStoreDBClient.connectionString`kurrentdb+discover://log.example:2113`).toThrow();
    expect(() => new URL('esdb://a.example:2113,b.example:2113')).toThrow();
  });
}

/** Positions of the events of a stream. */
async function readAt(client: EventStoreDBClient, stream: string): Promise<(bigint | undefined)[]> {
  const found: (bigint | undefined)[] = [];
  for await (const { event } of client.readStream(stream, { fromRevision: START, requiresLeader: true }))
    found.push(event?.position?.commit);
  return found;
}

import { expect } from '@jest/globals';
import { type EventStoreDBClient, jsonEvent, NO_STREAM } from '@eventstore/db-client';
import type { WireServer } from '../wire-server.js';
import type { Row } from './rows.js';
import { failureOf, newStream, note, withClient } from './server-under-test.js';

/** The rights that make streams append-only, as docs/eventstoredb.md has them. */
const APPEND_ONLY = {
  $userStreamAcl: { $r: ['touchline', '$admins'], $w: ['touchline'], $d: [], $mr: ['touchline', '$admins'], $mw: [] },
  $systemStreamAcl: { $r: ['touchline', '$admins'], $w: '$admins', $d: '$admins', $mr: '$admins', $mw: '$admins' },
};
const TAKES = 'a server with TLS and its administrator';

export interface Secured {
  server: WireServer;
  /** Path of its authority. */
  ca: string;
}

/** Who may what, over TLS: in the clear nobody is asked who he is. */
export function rightsConformance(row: Row, secured: () => Secured): void {
  const address = (user: string | null, ca: string | null = secured().ca): string =>
    `esdb://${user === null ? '' : `${user}@`}127.0.0.1:${secured().server.port}${ca === null ? '' : `?tlsCAFile=${ca}`}`;
  const append = (client: EventStoreDBClient, stream = newStream()) =>
    client.appendToStream(stream, [note()], { expectedRevision: NO_STREAM });
  const readAll = async (client: EventStoreDBClient): Promise<void> => {
    for await (const { event } of client.readAll({ maxCount: 1 })) expect(event).toBeDefined();
  };
  /** What is refused of what a user tries, each on a stream that was there; anything but a refusal fails. */
  const refused = (user: string): Promise<string[]> =>
    withClient(address(user), async (client) => {
      const found: string[] = [];
      const attempt = async (name: string, work: (stream: string) => Promise<unknown>): Promise<void> => {
        const stream = newStream();
        await withClient(address('touchline:secret'), (writer) => append(writer, stream));
        const failure = await failureOf(work(stream));
        if (failure !== null) expect(failure).toMatchObject({ type: 'access-denied' });
        if (failure !== null) found.push(name);
      };
      await attempt('append', () => append(client));
      await attempt('read', async (stream) => {
        for await (const { event } of client.readStream(stream)) expect(event).toBeDefined();
      });
      await attempt('read all', () => readAll(client));
      await attempt('delete', (stream) => client.deleteStream(stream));
      await attempt('tombstone', (stream) => client.tombstoneStream(stream));
      await attempt('truncate', (stream) => client.setStreamMetadata(stream, { truncateBefore: 1 }));
      return found;
    });

  row('with its authority it is spoken to; of one that is not known its certificate is refused', TAKES, async () => {
    expect(await withClient(address('admin:changeit'), (client) => append(client))).toMatchObject({ success: true });
    expect(await failureOf(withClient(address('admin:changeit', null), (client) => append(client)))).toMatchObject({
      message: expect.stringContaining('unable to verify the first certificate'),
    });
  });

  row('a wrong password, or none, is refused at once', TAKES, async () => {
    const asked = (user: string | null) => failureOf(withClient(address(user), readAll));
    expect(await asked('admin:wrong')).toMatchObject({ type: 'access-denied', message: expect.stringContaining('Unauthenticated') });
    expect(await asked(null)).toMatchObject({ type: 'access-denied', message: expect.stringContaining('Access Denied') });
  });

  row('a user appends, deletes, tombstones and truncates, and does not read all, unless rights are set', TAKES, async () => {
    secured().server.users.set('touchline', { password: 'secret', groups: ['touchline'] });
    expect(await refused('touchline:secret')).toEqual(['read all']);
  });

  row('with rights set a user of the group appends and reads all, and nothing else; an administrator still may', TAKES, async () => {
    const rights = jsonEvent({ type: 'update-default-acl', data: APPEND_ONLY });
    const { users } = secured().server;
    users.set('touchline', { password: 'secret', groups: ['touchline'] });
    users.set('other', { password: 'secret', groups: [] });
    expect(await failureOf(withClient(address('other:secret'), (client) => client.appendToStream('$settings', rights)))).toMatchObject({
      type: 'access-denied',
    });
    await withClient(address('admin:changeit'), (client) => client.appendToStream('$settings', rights));
    expect(await refused('touchline:secret')).toEqual(['delete', 'tombstone', 'truncate']);
    expect(await refused('other:secret')).toEqual(['append', 'read', 'read all', 'delete', 'tombstone', 'truncate']);
    expect(await refused('admin:changeit')).toEqual([]);
  });
}

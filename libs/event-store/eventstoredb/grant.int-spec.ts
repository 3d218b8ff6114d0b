import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { makeAuthority, missingForAuthority } from '@touchline/testing/authority.js';
import { useWireServer } from '../testing/wire-server/use-wire-server.js';
import { LogDenied } from '../errors.js';
import { OtherRights, grant } from './grant.js';

const wire = useWireServer();
const ADMIN = { username: 'admin', password: 'changeit' };

describe('the user of an address', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'touchline-grant-test-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const title = missingForAuthority === null ? '' : `: not tried, ${missingForAuthority}`;
  it(`is made by the administrator, with the rights that make streams append-only, once however often it is asked${title}`, async () => {
    if (missingForAuthority !== null) return;
    const { cert, key, ca } = await makeAuthority(folder);
    // In the clear the client sends no credentials.
    const server = await wire.start({ tls: { cert: await readFile(cert), key: await readFile(key) } });
    const address = `esdb://touchline:se%2Fcret@127.0.0.1:${server.port}?tlsCAFile=${ca}`;
    await expect(grant(address, { ...ADMIN, username: 'touchline' })).rejects.toBeInstanceOf(LogDenied);
    expect(await grant(address, ADMIN)).toEqual({ userCreated: true, rightsWritten: true });
    expect([...server.users]).toEqual([['touchline', { password: 'se/cret', groups: ['touchline'] }]]);
    expect(await grant(address, ADMIN)).toEqual({ userCreated: false, rightsWritten: false });

    const client = EventStoreDBClient.connectionString(address);
    try {
      const settings = [];
      for await (const { event } of client.readStream('$settings')) settings.push(event);
      expect(settings).toMatchObject([{ type: 'update-default-acl', data: { $userStreamAcl: { $w: ['touchline'], $d: [], $mw: [] } } }]);
      const others = jsonEvent({ type: 'update-default-acl', data: { $userStreamAcl: { $r: '$all' } } });
      await expect(client.appendToStream('$settings', others)).rejects.toMatchObject({ type: 'access-denied' });
      await client.appendToStream('$settings', others, { credentials: ADMIN });
      await expect(grant(address, ADMIN)).rejects.toBeInstanceOf(OtherRights);
    } finally {
      await client.dispose();
    }
  });
});

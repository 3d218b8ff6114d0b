import { expect } from '@jest/globals';
import { NO_STREAM } from '@eventstore/db-client';
import { positionOf } from '../../../eventstoredb/records.js';
import type { Row } from './rows.js';
import { failureOf, newStream, note, type ServerUnderTest, Watch } from './server-under-test.js';

/** What can only be seen on a server that is ours to stop and to set. */
export function faultConformance(server: () => ServerUnderTest, row: Row): void {
  const ours = (): NonNullable<ServerUnderTest['wire']> => {
    const { wire } = server();
    if (wire === null) throw new Error('this server is not ours to stop');
    return wire;
  };
  const append = () => server().client.appendToStream(newStream(), [note()], { expectedRevision: NO_STREAM });

  const readAtLeader = async (): Promise<number> => {
    let count = 0;
    for await (const _ of server().client.readAll({ maxCount: 1, requiresLeader: true })) count += 1;
    return count;
  };

  row('a node that leads no more names the leader, and the client turns to it', 'an election', async () => {
    ours().refuseAsFollower(1);
    expect(await failureOf(readAtLeader())).toMatchObject({ type: 'not-leader', code: 5 });
    expect(await readAtLeader()).toBe(1);
  });

  row('a server that starts takes no appends yet, and says so', 'a restart', async () => {
    const stream = newStream();
    ours().starting = true;
    const failure = await failureOf(server().client.appendToStream(stream, [note()], { expectedRevision: NO_STREAM }));
    expect(failure).toMatchObject({ type: 'unknown', message: 'Could not recognize Server Is Not Ready' });
    const raw = { id: note().id, type: 'NoteTaken', data: '{}', metadata: '{}' };
    // Nothing reached the log: it may be sent again without a doubt.
    expect(await failureOf(server().api.append(stream, 'no-stream', [raw]))).toMatchObject({ reason: 'not-sent' });
    ours().starting = false;
    expect(await server().api.append(stream, 'no-stream', [raw])).toMatchObject({ conflict: false, revision: 0 });
  });

  row('whoever may not is denied, and whoever is nobody is told so', 'other rights', async () => {
    ours().refuse('delete');
    expect((await failureOf(server().client.deleteStream(newStream())))?.type).toBe('access-denied');
    ours().refuse('sign-in');
    expect(await failureOf(readAtLeader())).toMatchObject({ type: 'access-denied' });
    ours().refuse();
    await append();
  });

  row('a server that is gone: connections break, and are refused', 'a restart', async () => {
    const { position } = await append();
    const watch = new Watch(server().api, positionOf(String(position?.commit), String(position?.commit)));
    await watch.until('the word', () => watch.caughtUps === 1);
    await ours().stop();
    await watch.until('the end', () => watch.failure !== undefined);
    expect(watch.failure).toMatchObject({ cause: { code: 14 }, message: expect.stringMatching(/ECONNRESET|Connection dropped/) });
    expect(await failureOf(append())).toMatchObject({ code: 14 });
    const refused = { code: 14, message: expect.stringMatching(/No connection established\..*ECONNREFUSED/s) };
    expect(await failureOf(append())).toMatchObject(refused);
    await ours().start();
  });
}

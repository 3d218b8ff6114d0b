import { expect, it } from '@jest/globals';
import { BACKWARDS, FORWARDS, NO_STREAM, START } from '@eventstore/db-client';
import type { Row } from './rows.js';
import { failureOf, newStream, note, notes, type ServerUnderTest } from './server-under-test.js';

export function readConformance(server: () => ServerUnderTest, row: Row): void {
  const revisions = async (stream: string, from: bigint | typeof START = START, backwards = false): Promise<number[]> => {
    const found: number[] = [];
    const direction = backwards ? BACKWARDS : FORWARDS;
    for await (const { event } of server().client.readStream(stream, { fromRevision: from, direction }))
      if (event !== undefined) found.push(Number(event.revision));
    return found;
  };
  const written = async (count: number): Promise<string> => {
    const stream = newStream();
    await server().client.appendToStream(stream, notes(count), { expectedRevision: NO_STREAM });
    return stream;
  };
  /** Positions of the events of each of these streams, from one of them on. */
  const inAll = async (streams: readonly string[], from: bigint): Promise<bigint[][]> => {
    const found = streams.map((): bigint[] => []);
    for await (const { event } of server().client.readAll({ fromPosition: { commit: from, prepare: from } }))
      if (event !== undefined) found[streams.indexOf(event.streamId)]?.push(event.position.commit);
    return found;
  };

  it('a stream that never was, or was soft-deleted: not found', async () => {
    const stream = await written(2);
    await server().client.deleteStream(stream);
    for (const name of [newStream(), stream]) expect((await failureOf(revisions(name)))?.type).toBe('stream-not-found');
  });

  it('a tombstoned stream: deleted', async () => {
    const stream = await written(1);
    await server().client.tombstoneStream(stream);
    expect(await failureOf(revisions(stream))).toMatchObject({
      type: 'stream-deleted',
      code: 9,
      message: expect.stringContaining(`Event stream '${stream}' is deleted.`),
    });
  });

  it.each([
    ['$maxCount', { maxCount: 2 }],
    ['$tb', { truncateBefore: 2 }],
  ])('a stream cut by %s begins at the first revision left', async (_, metadata) => {
    const stream = await written(4);
    await server().client.setStreamMetadata(stream, metadata);
    expect(await revisions(stream)).toEqual([2, 3]);
  });

  it('from beyond its end: nothing forwards, the last one on backwards', async () => {
    const stream = await written(3);
    expect([await revisions(stream, 9n), await revisions(stream, 9n, true)]).toEqual([[], [2, 1, 0]]);
  });

  it('all from the middle of a record is refused; from far beyond the end there is nothing', async () => {
    const { position } = await server().client.appendToStream(newStream(), [note()], { expectedRevision: NO_STREAM });
    const from = async (by: bigint): Promise<number> => {
      let count = 0;
      const at = (position?.commit ?? 0n) + by;
      for await (const _ of server().client.readAll({ fromPosition: { commit: at, prepare: at } })) count += 1;
      return count;
    };
    const { version } = server();
    const result = { '23.10': 'Error', '24.6': 'InvalidPosition' };
    const said = `Unexpected ReadAllResult: ${version === null ? '(Error|InvalidPosition)' : result[version]}`;
    for (const by of [1n, 5n]) expect(await failureOf(from(by))).toMatchObject({ code: 2, message: expect.stringMatching(said) });
    // So far beyond that nothing else on the server comes there meanwhile.
    expect(await from(100_000_000n)).toBe(0);
  });

  it('all still has the events of streams that were cut or soft-deleted, where they were', async () => {
    const [cut, deleted] = [await written(3), newStream()];
    const { position } = await server().client.appendToStream(deleted, notes(2), { expectedRevision: NO_STREAM });
    const before = await inAll([deleted], position!.commit);
    await server().client.setStreamMetadata(cut, { maxCount: 1 });
    await server().client.deleteStream(deleted);
    expect(await inAll([deleted], position!.commit)).toEqual(before);
  });

  row(
    'a scavenge takes what is hidden out of all; what is left stays where it was',
    'an administrator, and chunks of its file that are full',
    async () => {
      const { wire } = server();
      if (wire === null) throw new Error('this server is not ours');
      const kept = newStream();
      const { position } = await server().client.appendToStream(kept, [note()], { expectedRevision: NO_STREAM });
      const [cut, deleted, tombstoned] = [await written(3), await written(2), await written(2)];
      await server().client.appendToStream(kept, [note()], { expectedRevision: 0n });
      const places = () => inAll([cut, deleted, tombstoned, kept], position!.commit);
      const before = await places();
      await server().client.setStreamMetadata(cut, { truncateBefore: 2 });
      await server().client.deleteStream(deleted);
      await server().client.tombstoneStream(tombstoned);
      const lengths = async () => (await places()).map(({ length }) => length);
      expect(await lengths()).toEqual([3, 2, 3, 2]);
      wire.scavenge();
      const after = await places();
      expect(after.map(({ length }) => length)).toEqual([1, 0, 1, 2]);
      expect([after[0], after[3]]).toEqual([before[0]!.slice(2), before[3]]);
      // Taken back too late: what was taken away does not come back.
      await server().client.setStreamMetadata(cut, {});
      expect(await revisions(cut)).toEqual([2]);
    },
  );
}

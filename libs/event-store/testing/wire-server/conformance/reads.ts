import { expect, it } from '@jest/globals';
import { BACKWARDS, FORWARDS, NO_STREAM, START } from '@eventstore/db-client';
import { failureOf, newStream, note, notes, type ServerUnderTest } from './server-under-test.js';

export function readConformance(server: () => ServerUnderTest): void {
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
  /** Positions of the events of a stream, from the whole log. */
  const inAll = async (stream: string, after: bigint): Promise<bigint[]> => {
    const found: bigint[] = [];
    const from = { commit: after, prepare: after };
    for await (const { event } of server().client.readAll({ fromPosition: from }))
      if (event?.streamId === stream) found.push(event.position.commit);
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
    expect(await failureOf(revisions(stream))).toMatchObject({ type: 'stream-deleted', code: 9 });
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
    for (const by of [1n, 5n])
      expect(await failureOf(from(by))).toMatchObject({ code: 2, message: expect.stringContaining('ReadAllResult') });
    // So far beyond that nothing else on the server comes there meanwhile.
    expect(await from(100_000_000n)).toBe(0);
  });

  it('all still has the events of streams that were cut or soft-deleted, where they were', async () => {
    const [cut, deleted] = [await written(3), newStream()];
    const { position } = await server().client.appendToStream(deleted, notes(2), { expectedRevision: NO_STREAM });
    const before = await inAll(deleted, position!.commit);
    await server().client.setStreamMetadata(cut, { maxCount: 1 });
    await server().client.deleteStream(deleted);
    expect(await inAll(deleted, position!.commit)).toEqual(before);
  });
}

import { expect, it } from '@jest/globals';
import { NO_STREAM } from '@eventstore/db-client';
import { appendMessages } from '../../../eventstoredb/requests.js';
import { failureOf, held, newStream, note, notes, type ServerUnderTest } from './server-under-test.js';

const KIB = 1024;
const large = (bytes: number) => note(undefined, 'x'.repeat(bytes));

export function appendConformance(server: () => ServerUnderTest): void {
  const append = (stream: string, at: number | typeof NO_STREAM, ...events: ReturnType<typeof notes>) =>
    server().client.appendToStream(stream, events, { expectedRevision: at === NO_STREAM ? NO_STREAM : BigInt(at) });
  const ids = async (stream: string): Promise<string[]> => (await held(server().client, stream)).map(({ id }) => id);
  const placeOf = ({ nextExpectedRevision, position }: Awaited<ReturnType<typeof append>>) => [nextExpectedRevision, position?.commit];

  it('the same ids again, at the same revision: the first success, revision and position', async () => {
    const [stream, events] = [newStream(), notes(2)];
    const first = await append(stream, NO_STREAM, ...events);
    await append(stream, 1, note());
    expect(placeOf(await append(stream, NO_STREAM, ...events))).toEqual(placeOf(first));
  });

  it('the same ids with other bytes: the same success, and the first bytes stand', async () => {
    const [stream, event] = [newStream(), note(undefined, 'first')];
    const first = await append(stream, NO_STREAM, event);
    expect(placeOf(await append(stream, NO_STREAM, note(event.id, 'other')))).toEqual(placeOf(first));
    expect(await held(server().client, stream)).toEqual([{ id: event.id, text: 'first' }]);
  });

  it('a prefix of an append: success, with the last of the prefix; only the second of two: that one', async () => {
    const [stream, [a, b]] = [newStream(), notes(2)];
    const first = await append(stream, NO_STREAM, a!, b!);
    const prefix = await append(stream, NO_STREAM, a!);
    expect(prefix.nextExpectedRevision).toBe(0n);
    expect(prefix.position!.commit).toBeLessThanOrEqual(first.position!.commit);
    expect(placeOf(await append(stream, 0, b!))).toEqual(placeOf(first));
  });

  it('both and a third one: wrong expected version, nothing written', async () => {
    const [stream, [a, b, c]] = [newStream(), notes(3)];
    await append(stream, NO_STREAM, a!, b!);
    expect((await failureOf(append(stream, NO_STREAM, a!, b!, c!)))?.type).toBe('wrong-expected-version');
    expect(await ids(stream)).toEqual([a!.id, b!.id]);
  });

  it('an id that stands in the stream, at another, right revision: written again', async () => {
    const [stream, event] = [newStream(), note()];
    await append(stream, NO_STREAM, event);
    await append(stream, 0, event);
    expect(await ids(stream)).toEqual([event.id, event.id]);
  });

  it('no events at a wrong revision, and revision 5 of no stream: a conflict', async () => {
    const [stream, absent] = [newStream(), newStream()];
    await append(stream, NO_STREAM, note());
    expect(await server().api.append(stream, 7, [])).toEqual({ conflict: true, current: 0 });
    expect((await failureOf(append(absent, 5, note())))?.type).toBe('wrong-expected-version');
    const raw = { id: note().id, type: 'NoteTaken', data: '{}', metadata: '{}' };
    expect(await server().api.append(absent, 5, [raw])).toEqual({ conflict: true, current: 'no-stream' });
  });

  it('1,023 KiB are written, 1,025 KiB are more than an append may have', async () => {
    await append(newStream(), NO_STREAM, large(1_023 * KIB));
    expect((await failureOf(append(newStream(), NO_STREAM, large(1_025 * KIB))))?.type).toBe('maximum-append-size-exceeded');
    expect((await failureOf(append(newStream(), NO_STREAM, large(600 * KIB), large(600 * KIB))))?.type).toBe(
      'maximum-append-size-exceeded',
    );
  });

  it('16.5 MB are more than it takes in one message at all', async () => {
    const raw = { id: note().id, type: 'NoteTaken', data: JSON.stringify({ text: 'x'.repeat(16_600_000) }), metadata: '{}' };
    const { connection } = server();
    const appending = connection.run(
      (client) =>
        new Promise<void>((resolve, reject) => {
          const sink = client.append(...connection.argumentsFor(Date.now() + 60_000), (error) =>
            error === null ? resolve() : reject(error),
          );
          sink.on('error', reject);
          for (const message of appendMessages(newStream(), 'no-stream', [raw])) sink.write(message);
          sink.end();
        }),
    );
    expect(await failureOf(appending)).toMatchObject({
      code: 8,
      message: expect.stringContaining('Received message exceeds the maximum configured message size.'),
    });
  });

  it('a stream without a name is no request', async () => {
    expect(await failureOf(append('', NO_STREAM, note()))).toMatchObject({ type: 'unknown', message: 'Could not recognize BadRequest' });
  });

  it('a soft-deleted stream is back at its next revision, for whoever expects none', async () => {
    const stream = newStream();
    await append(stream, NO_STREAM, ...notes(4));
    await server().client.deleteStream(stream);
    const event = note();
    expect((await append(stream, NO_STREAM, event)).nextExpectedRevision).toBe(4n);
    expect(await ids(stream)).toEqual([event.id]);
  });

  it('a tombstoned stream takes nothing any more', async () => {
    const stream = newStream();
    await append(stream, NO_STREAM, note());
    await server().client.tombstoneStream(stream);
    expect((await failureOf(append(stream, 0, note())))?.type).toBe('stream-deleted');
  });
}

import { expect, it } from '@jest/globals';
import { NO_STREAM } from '@eventstore/db-client';
import { parsePosition, positionOf } from '../../../eventstoredb/records.js';
import { newStream, note, notes, saidTo, type ServerUnderTest, Watch } from './server-under-test.js';

export function subscriptionConformance(server: () => ServerUnderTest): void {
  const write = async (count = 1): Promise<{ stream: string; commit: bigint }> => {
    const stream = newStream();
    const { position } = await server().client.appendToStream(stream, notes(count), { expectedRevision: NO_STREAM });
    return { stream, commit: position?.commit ?? 0n };
  };
  const after = (commit: bigint) => positionOf(String(commit), String(commit));
  const of = (watch: Watch, stream: string): number => watch.events.filter((event) => event.stream === stream).length;

  it('from a position: history, the word that it caught up once, and never again while it stays live', async () => {
    const begun = await write();
    const history = await write(20);
    const watch = new Watch(server().api, after(begun.commit));
    await watch.until('the word', () => watch.caughtUps === 1);
    expect(of(watch, history.stream)).toBe(20);
    for (let count = 0; count < 10; count += 1) {
      const { stream } = await write(3);
      await watch.until('live events', () => of(watch, stream) === 3);
    }
    expect(watch.caughtUps).toBe(1);
    watch.stop();
  });

  it('a confirmation comes before anything else, and the word that it caught up after the history', async () => {
    const { commit } = await write();
    await write(3);
    expect(await saidTo(server(), commit)).toEqual(['confirmation', 'event', 'caught up']);
    expect(await saidTo(server(), commit + 100_000_000n)).toEqual(['confirmation', 'caught up']);
  });

  it('from just beyond the end: caught up, then what comes, and no word that nothing stands there', async () => {
    await write();
    const page = await server().api.allPage({ direction: 'backwards', from: 'edge', count: 1 });
    const commit = BigInt(parsePosition(page.events[0]?.position ?? '')?.commit ?? 0);
    const watch = new Watch(server().api, after(commit + 1n));
    await watch.until('the word', () => watch.caughtUps === 1);
    const { stream } = await write(2);
    await watch.until('live events', () => of(watch, stream) === 2);
    expect(watch.failure).toBeUndefined();
    watch.stop();
  });

  it('from far beyond the end: caught up; then live events at lower positions (23.10), or none (24.6)', async () => {
    const { commit } = await write();
    const watch = new Watch(server().api, after(commit + 100_000_000n));
    await watch.until('the word', () => watch.caughtUps === 1);
    // What another subscription has received, this one would have too.
    const other = new Watch(server().api, after(commit));
    const { stream } = await write(2);
    await other.until('the events', () => of(other, stream) === 2);
    if (server().version === '24.6') expect(watch.events).toEqual([]);
    else if (server().version === '23.10') await watch.until('lower positions', () => of(watch, stream) === 2);
    watch.stop();
    other.stop();
  });

  it('from the middle of a record: an error', async () => {
    const { commit } = await write();
    const watch = new Watch(server().api, after(commit + 5n));
    await watch.until('the error', () => watch.failure !== undefined);
    const said = { '23.10': /Exception was thrown by handler/, '24.6': /Trying to read from an invalid position/ };
    const { version } = server();
    const heard = { '23.10': ['error 2'], '24.6': ['confirmation', 'error 3'] };
    expect(version === null ? Object.values(heard) : [heard[version]]).toContainEqual(await saidTo(server(), commit + 5n));
    expect(watch.failure?.message).toMatch(version === null ? new RegExp(`${said['23.10'].source}|${said['24.6'].source}`) : said[version]);
  });

  it('more at once than it keeps for a live reader: given up (23.10), or caught up again (24.6)', async () => {
    const { commit } = await write();
    const watch = new Watch(server().api, after(commit));
    await watch.until('the word', () => watch.caughtUps === 1);
    const burst = Array.from({ length: 60 }, () =>
      server().client.appendToStream(
        newStream(),
        Array.from({ length: 100 }, () => note(undefined, 'x'.repeat(2_000))),
        {
          expectedRevision: NO_STREAM,
        },
      ),
    );
    await Promise.all(burst);
    const gaveUp = (): boolean => watch.failure !== undefined;
    const again = (): boolean => watch.caughtUps > 1;
    await watch.until('an end, or the word again', () => gaveUp() || again());
    if (gaveUp())
      expect(watch.failure).toMatchObject({
        cause: { code: 10 },
        message: expect.stringContaining('Consumer too slow to handle event while live. Client resubscription required.'),
      });
    if (server().version !== null) expect(gaveUp()).toBe(server().version === '23.10');
    watch.stop();
  });
}

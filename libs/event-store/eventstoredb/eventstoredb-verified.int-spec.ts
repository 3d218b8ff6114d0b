import { describe, expect, it } from '@jest/globals';
import { EventStoreDBClient } from '@eventstore/db-client';
import { Recorder, headsOf } from '@touchline/audit/testing/recorded-log.js';
import { verifyLog } from '@touchline/audit/verify-log.js';
import { useWireServer } from '../testing/wire-server/use-wire-server.js';

const wire = useWireServer();
const [A, B] = ['journey-dongfang.a', 'journey-dongfang.b'];

describe('a log whose server hides events of a stream', () => {
  it('does not hold, names the stream, and is not signed until that is taken back', async () => {
    const server = await wire.start();
    const store = await wire.open(server);
    const admin = EventStoreDBClient.connectionString(server.connectionString);
    try {
      const recorder = new Recorder(store);
      await recorder.rounds([A, B], 3);
      const heads = await headsOf(wire.pool, store);
      await heads.write();

      // Behind the last event, and all that was signed is there still: so it is before the server's next scavenge.
      await admin.setStreamMetadata(A, { maxCount: 1 });
      await admin.deleteStream(B);
      const verdict = await verifyLog(store);
      expect(verdict).toMatchObject({ holds: false, events: 6, fault: { kind: 'stream-hidden', stream: A }, also: [{ stream: B }] });
      await expect(heads.write()).rejects.toMatchObject({ name: 'LogBroken', fault: { kind: 'stream-hidden', stream: A } });

      await admin.setStreamMetadata(A, {});
      await admin.setStreamMetadata(B, {});
      expect(await verifyLog(store)).toMatchObject({ holds: true, fault: null });
      expect(await heads.write()).toMatchObject({ treeSize: 6 });
    } finally {
      await admin.dispose();
    }
  });
});

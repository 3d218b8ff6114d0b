import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { useWireServer } from '@touchline/event-store/testing/wire-server/use-wire-server.js';
import type { WireServer } from '@touchline/event-store/testing/wire-server/wire-server.js';
import { startWireServer } from '@touchline/event-store/testing/wire-server/wire-server.js';
import type { Platform } from '@touchline/platform';
import { PATIENT } from '@touchline/testing/patience.js';
import { useDatabase } from '@touchline/testing/postgres.js';
import { MAP, PLAYBOOK, csvOf, sourceOf } from './testing/bikes.js';
import { importInto, openForImport, useWorkplace } from './testing/sample.js';

const KNOWN = 20;
const NEW = 200;

describe('how often an import waits for the log, one time after another', () => {
  const behind = useWireServer();
  const database = useDatabase();
  const workplace = useWorkplace();
  let server: WireServer;
  let platform: Platform;

  beforeAll(async () => {
    // What is asked together is to arrive together, however busy the machine is.
    server = await startWireServer({ store: behind.behind, latencyMs: 50 });
    platform = await openForImport(database.url, { EVENTSTORE_URL: server.connectionString, ...PATIENT });
  });
  afterAll(async () => {
    await platform.close();
    await server.close();
  });

  it('less than once for each case: they are looked up, decided and written beside each other', async () => {
    const order = { file: join(workplace.folder, 'source.csv'), map: join(workplace.folder, 'map.yaml') };
    await writeFile(join(workplace.folder, 'playbook.yaml'), PLAYBOOK);
    await writeFile(order.map, MAP);
    const imported = async (cases: number) => {
      await writeFile(order.file, csvOf(sourceOf(cases)));
      return workplace.run(order, importInto(platform));
    };
    // Group, sites and users are there by then.
    await imported(KNOWN);
    const before = { rounds: server.rounds, append: server.calls.append };
    expect(await imported(KNOWN + NEW)).toMatchObject({ facts: { recorded: 2 * NEW, refused: 0 } });
    // One append of each case, and a few of its customers.
    expect((server.calls.append - before.append) / NEW).toBeLessThan(1.5);
    expect((server.rounds - before.rounds) / NEW).toBeLessThan(0.8);
  });
});

import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { loadSettings } from '@touchline/config';
import { Metrics, createLogger } from '@touchline/observability';
import type { Platform } from '@touchline/platform';
import { openPlatform } from '@touchline/platform';
import { PASSWORD, seedGroups } from '@touchline/server/testing/group.js';
import { eventually } from '@touchline/testing/eventually.js';
import { PATIENCE_MS, PATIENT } from '@touchline/testing/patience.js';
import { projections } from '@touchline/projections';
import type { Sender } from './workload.js';
import { AppProcess } from './process.js';

/** One platform as it is deployed: an API, two projectors by mistake, an importer, each a process of its own. */
export interface World {
  platform: Platform;
  api: AppProcess;
  projectors: readonly AppProcess[];
  importer: AppProcess;
  sender(signal: AbortSignal): Sender;
  /** A further process with the same settings, at an address of its own. */
  another(name: string, app: string, readyWhen: RegExp): Promise<{ process: AppProcess; url: string }>;
  /** Waits until every read model shows the whole log. */
  caughtUp(): Promise<void>;
  close(): Promise<void>;
}

export async function openWorld(options: {
  databaseUrl: string;
  secrets: Record<string, string>;
  importFile: string;
  mapping: string;
  folder: string;
  /** Settings besides. */
  env?: Record<string, string>;
}): Promise<World> {
  const { databaseUrl, secrets, importFile, mapping, folder } = options;
  const port = String(await freePort());
  const env = {
    NODE_ENV: 'test',
    LOG_LEVEL: 'info',
    DATABASE_URL: databaseUrl,
    PORT: port,
    RATE_LIMIT_PER_MINUTE: '1000000',
    TOKEN_TTL_MINUTES: '1440',
    // Short, so that a killed projector's work is soon taken up; small, so that there are many batches to die in.
    LEASE_TTL_MS: '1000',
    PROJECTION_BATCH_SIZE: '20',
    REBUILD_BATCH_SIZE: '10',
    ROW_CHECK_EVERY_HOURS: '0',
    ...PATIENT,
    ...secrets,
    ...options.env,
  };
  const platform = await openPlatform({
    settings: loadSettings(env),
    role: 'test',
    logger: createLogger({ role: 'test', level: 'silent' }),
    metrics: new Metrics(),
    // The groups are the same in every run.
    clock: { now: () => Promise.resolve('2026-01-01T00:00:00.000Z') },
  });
  await seedGroups(platform);
  const url = `http://127.0.0.1:${port}`;
  const tokens = new Map<string, string>();
  return {
    platform,
    api: new AppProcess('api', 'api', /listening/, env),
    projectors: ['projector-a', 'projector-b'].map((name) => new AppProcess(name, 'projector', /projecting/, { ...env, PORT: '0' })),
    // Few cases at once, so that it is long under way.
    importer: new AppProcess('importer', 'cli', /^/, env, [
      ...['import', importFile, '--map', mapping, '--at-once', '2'],
      ...['--report', join(folder, `report-${port}.csv`), '--checkpoint', join(folder, `checkpoint-${port}`)],
    ]),
    sender: (signal) => ({
      url,
      signal,
      token: async (login) => {
        const known = tokens.get(login) ?? (await signIn(url, login));
        tokens.set(login, known);
        return known;
      },
    }),
    async another(name, app, readyWhen) {
      const own = String(await freePort());
      return { process: new AppProcess(name, app, readyWhen, { ...env, PORT: own }), url: `http://127.0.0.1:${own}` };
    },
    async caughtUp() {
      const head = await platform.store.head();
      await eventually(async () => {
        const reached = await platform.checkpoints.list();
        return projections.every(({ name }) => reached.some((checkpoint) => checkpoint.name === name && checkpoint.position === head));
      }, 2 * PATIENCE_MS);
    },
    close: () => platform.close(),
  };
}

async function signIn(url: string, login: string): Promise<string> {
  const response = await fetch(`${url}/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ tenant: 'dongfang', login, password: PASSWORD }),
  });
  const body = (await response.json()) as { token?: string };
  if (body.token === undefined) throw new Error(`${login} could not sign in: ${response.status}`);
  return body.token;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

const MAPPING = `
version: 1
tenant: dongfang
source: old-crm
file: { format: csv }
zone: Asia/Shanghai
playbook: { id: auto-ssp9, version: 1 }
case: [{ column: deal }]
journey:
  site: { value: pudong }
  productLine: { value: kaixuan }
  customer: { phone: { column: phone }, name: { column: name }, whenMissing: report }
  owner: { column: agent }
facts:
  - name: visited
    touchpoint: visit-received
    at: { column: visited, format: yyyy-MM-dd }
    fields: { batchSize: { value: 1 }, first: { value: true }, contactTaken: { value: true } }
  - name: signed
    touchpoint: contract-signed
    when: [{ column: result, is: signed }]
    at: { column: ended, format: yyyy-MM-dd }
    fields: { price: { column: price, currency: CNY } }
  - name: lost
    touchpoint: journey-lost
    when: [{ column: result, is: lost }]
    at: { column: ended, format: yyyy-MM-dd }
    fields: { kind: { value: gave-up } }
`;

/** A source of so many deals of half as many customers, and its mapping; every tenth deal has no date and is reported. */
export async function writeImport(folder: string, deals: number): Promise<{ importFile: string; mapping: string }> {
  const lines = Array.from({ length: deals }, (_, index) => {
    const day = String(1 + (index % 28)).padStart(2, '0');
    const visited = index % 10 === 9 ? '' : `2025-0${1 + (index % 6)}-${day}`;
    const result = ['signed', 'lost', ''][index % 3] ?? '';
    const phone = `139${String(20_000_000 + Math.floor(index / 2))}`;
    const ended = result === '' || visited === '' ? '' : `2025-0${7 + (index % 3)}-${day}`;
    const name = `旧客${Math.floor(index / 2)}`;
    return [`D${index}`, phone, name, index % 2 === 0 ? 'li' : 'chen', visited, result, ended, 180_000 + index].join(',');
  });
  const importFile = join(folder, 'deals.csv');
  const mapping = join(folder, 'map.yaml');
  await writeFile(importFile, ['deal,phone,name,agent,visited,result,ended,price', ...lines, ''].join('\n'));
  await writeFile(mapping, MAPPING);
  return { importFile, mapping };
}

/** Starts again what was killed, or gave up because it found no database, as whoever runs it in production would. */
export async function supervise(processes: readonly AppProcess[], signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    for (const each of processes) each.start();
    await delay(20);
  }
}

/** Exit code of an import that is done, but for what its report names. */
const DONE = 3;

/** Starts it again until it ends by itself, and from then on, `meanwhile`, again and again: a source imported twice adds nothing. */
export async function untilItEnds(importer: AppProcess, signal: AbortSignal, meanwhile: () => boolean): Promise<void> {
  let ended = false;
  while (!ended || meanwhile()) {
    await delay(20);
    signal.throwIfAborted();
    if (importer.running) continue;
    ended ||= importer.exitCode === DONE;
    if (!ended || meanwhile()) importer.start();
  }
  await importer.kill();
}

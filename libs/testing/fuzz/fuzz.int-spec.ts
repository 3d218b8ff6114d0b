import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MappingFaults, UnreadableFile, runImport } from '@touchline/importing';
import { importInto, projected, silent } from '@touchline/importing/testing/sample.js';
import type { Intake } from '@touchline/intake/intake.js';
import type { SentMessage } from '@touchline/intake/message.js';
import { FIN, intakeOf } from '@touchline/intake/testing/messages.js';
import { World } from '@touchline/server/testing/refusals/world.js';
import { thereIs } from '@touchline/server/testing/there-is.js';
import { useApi } from '@touchline/server/testing/use-api.js';
import { collectGarbage } from '../collect-garbage.js';
import { seedOf } from '../effort.js';
import { leadFiles } from './files.js';
import { Grammar } from './fitting.js';
import type { AsyncApi } from './messages.js';
import { messagesOf } from './messages.js';
import type { FuzzedRequest, OpenApi } from './requests.js';
import { reply, requestsOf } from './requests.js';

/** A minute within all tests; `npm run fuzz` says how long. */
const SECONDS = Number(process.env['FUZZ_SECONDS'] ?? 60);
/** Alone on its machine the process must answer others at once; beside other suites it only must not stand. */
const IS_ALONE = process.env['FUZZ_SECONDS'] !== undefined;
const MOST_DELAY_MS = IS_ALONE ? 200 : 2_000;
/** Of what is held once garbage is collected, which is looked at every so many steps. */
const MOST_GROWTH_BYTES = 100 * 1024 * 1024;
const COLLECT_EVERY = 500;
const MOST_KINDS = 20;
const LONGEST_ANSWER = 1_000_000;
/** Files with all that there is of one customer, as long as that is. */
const WHOLE_CUSTOMER = new Set(['GET /customers/{id}/evidence', 'GET /customers/{id}/export']);
const INPUTS = resolve(import.meta.dirname, '../../importing/testing/inputs');
const LOGINS = ['li', 'admin', 'zhou', 'he', 'fin', 'audit', 'sun', 'anybody'] as const;

/** Bytes as the text that they mostly are. */
const shown = (sent: object): string =>
  JSON.stringify(sent, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer' && 'data' in value
      ? Buffer.from(value.data as number[]).toString()
      : value,
  );

interface Step {
  requests: FuzzedRequest[];
  messages: SentMessage[];
  file: Buffer | null;
}

describe('whatever comes in', () => {
  const api = useApi({ RATE_LIMIT_PER_MINUTE: '1000000' });
  const tokens = new Map<string, string>();
  let intake: Intake;
  let steps: fc.Arbitrary<Step>;
  let folder = '';
  const faults = new Map<string, string>();
  const seen = {
    requests: 0,
    byStatus: {} as Record<number, number>,
    byCode: {} as Record<string, number>,
    taken: 0,
    messages: 0,
    recorded: 0,
    files: 0,
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'touchline-fuzz-'));
    const world = await World.of(api);
    for (const login of LOGINS) tokens.set(login, (await api.as(login)).token);
    intake = intakeOf(api);
    const served = async <T>(path: string): Promise<T> => (await (await fetch(api.url + path)).json()) as T;
    const openApi = await served<OpenApi>('/docs/openapi.json');
    const grammar = new Grammar(openApi.components.schemas, await manyOf(world), api.now);
    steps = fc.record({
      requests: fc.array(requestsOf(openApi, grammar, [...LOGINS, ...Array<string>(12).fill('anybody')]), {
        minLength: 1,
        maxLength: 6,
        size: 'max',
      }),
      messages: fc.array(messagesOf(await served<AsyncApi>('/docs/asyncapi'), grammar, FIN), { maxLength: 2 }),
      file: fc.oneof({ weight: 12, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: leadFiles }),
    });
  }, 300_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** Journeys and customers enough that one erased or lost leaves others; names that may be closed or locked out. */
  async function manyOf(world: World): Promise<Record<string, string[]>> {
    const there = await thereIs(api, '138 0000 2901');
    const ids: Record<string, string[]> = Object.fromEntries(Object.entries(there).map(([name, id]) => [name, [id]]));
    for (let made = 0; made < 6; made += 1) {
      const { on, customerId } = await world.journey();
      ids['journeyId']!.push(on.journeyId);
      ids['customerId']!.push(customerId);
      ids['complaintId']!.push((await world.complaint()).complaintId);
      ids['contactId']!.push(await world.contact());
    }
    const [site, user] = [await world.site(), await world.user()];
    const phone = Array.from({ length: 40 }, () => world.phone());
    const { position } = await world.record('/calls/received', { occurredAt: api.now, siteId: 'pudong', contactTaken: false });
    const after = [position ?? ''];
    return {
      ...ids,
      phone,
      after,
      value: phone,
      knownBy: [...after, api.now],
      siteId: ['pudong', site],
      userId: [user],
      id: [...ids['customerId']!, ...ids['journeyId']!],
    };
  }

  async function ask(request: FuzzedRequest): Promise<void> {
    const { status, contentType, text } = await reply(api.url, request, tokens);
    seen.requests += 1;
    seen.byStatus[status] = (seen.byStatus[status] ?? 0) + 1;
    if (status < 300 && request.method === 'POST') seen.taken += 1;
    else if (status >= 400) count(/"code":"([^"]+)"/.exec(text)?.[1] ?? '');
    if (status >= 500 || (text.length > LONGEST_ANSWER && !WHOLE_CUSTOMER.has(request.route)))
      throw new Error(`${request.route} answered ${status}, ${text.length} long: ${text.slice(0, 500)}`);
    if (status >= 400 && !contentType.startsWith('application/problem+json'))
      throw new Error(`${request.route} answered ${status} as ${contentType}: ${text.slice(0, 500)}`);
  }

  const count = (code: string): void => {
    seen.byCode[code] = (seen.byCode[code] ?? 0) + 1;
  };

  async function take(message: SentMessage): Promise<void> {
    const { kind } = await intake.take(message);
    seen.messages += 1;
    if (kind === 'recorded') seen.recorded += 1;
  }

  async function importFile(bytes: Buffer): Promise<void> {
    const file = join(folder, `leads-${(seen.files += 1)}.csv`);
    await writeFile(file, bytes);
    const order = { file, map: join(INPUTS, 'leads.map.yaml'), report: `${file}.report`, checkpoint: `${file}.checkpoint` };
    const how = { dryRun: false, atOnce: 8, signal: new AbortController().signal, progress: silent };
    try {
      await runImport({ ...order, ...how }, importInto(api.platform));
    } catch (error) {
      if (!(error instanceof MappingFaults || error instanceof UnreadableFile)) throw error;
    } finally {
      await rm(file, { force: true });
      await rm(order.report, { force: true });
    }
  }

  /** Every kind of fault once, with what it came of; the rest of the time finds others. */
  async function noting(where: string, sent: object, done: Promise<void>): Promise<void> {
    try {
      await done;
    } catch (error) {
      const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
      const kind = `${where}: ${words
        .split('\n')[0]
        ?.slice(0, 160)
        .replaceAll(/[0-9a-f-]*\d[0-9a-f-]*/g, '#')}`;
      if (faults.size < MOST_KINDS && !faults.has(kind)) faults.set(kind, `${words.slice(0, 1_500)}\nsent: ${shown(sent).slice(0, 3_000)}`);
    }
  }

  it(
    'is taken or refused: nothing fails, no view stops, nobody waits',
    async () => {
      const delay = monitorEventLoopDelay({ resolution: 10 });
      let settled = 0;
      let first: number | undefined;
      let grown = 0;
      const property = fc.asyncProperty(steps, async ({ requests, messages, file }) => {
        await Promise.all([
          ...requests.map((request) => noting(request.route, request, ask(request))),
          ...messages.map((message) => noting('a message', message, take(message))),
          ...(file === null ? [] : [noting('a file', { file }, importFile(file))]),
        ]);
        settled += 1;
        // What loads the first time is no delay and no growth.
        if (settled === 50) delay.enable();
        if (settled % COLLECT_EVERY === 0) {
          collectGarbage();
          const { heapUsed, external } = process.memoryUsage();
          first ??= heapUsed + external;
          grown = heapUsed + external - first;
          if (grown > MOST_GROWTH_BYTES) throw new Error(`what the process holds grew by ${grown} bytes`);
        }
      });
      const seed = seedOf('fuzz');
      await fc.assert(property, {
        seed,
        numRuns: Number.MAX_SAFE_INTEGER,
        interruptAfterTimeLimit: SECONDS * 1_000,
        markInterruptAsFailure: false,
      });
      delay.disable();
      const p99 = delay.percentile(99) / 1e6;
      const told = {
        ...seen,
        events: await api.countEvents(),
        steps: settled,
        p99Ms: Math.round(p99),
        grownMB: Math.round(grown / 2 ** 20),
        rssMB: Math.round(process.memoryUsage().rss / 2 ** 20),
      };
      process.stdout.write(`fuzz: ${JSON.stringify(told)}\n`);
      expect([...faults]).toEqual([]);
      await projected(api.platform);
      const stands = await api.platform.checkpoints.list();
      expect(stands.filter(({ state, failure }) => state !== 'running' || failure !== null)).toEqual([]);
      expect((await api.platform.pool.query('select * from touchline.set_aside')).rows).toEqual([]);
      expect(seen.taken).toBeGreaterThan(0);
      expect(seen.recorded).toBeGreaterThan(0);
      expect(p99).toBeLessThan(MOST_DELAY_MS);
    },
    (SECONDS + 240) * 1_000,
  );
});

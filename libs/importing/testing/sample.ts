import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll } from '@jest/globals';
import { EventStoreUnavailable } from '@touchline/event-store';
import { loadSettings } from '@touchline/config';
import { Metrics, createLogger } from '@touchline/observability';
import type { Platform } from '@touchline/platform/platform.js';
import { openPlatform } from '@touchline/platform/platform.js';
import type { ImportServices } from '../commands.js';
import type { ImportProgress } from '../record-cases.js';
import type { ImportOrder } from '../run-import.js';
import { runImport } from '../run-import.js';
import type { ImportSummary } from '../summary.js';
import { newSecrets } from '@touchline/testing/secrets.js';

/** Folder of the sample data; undefined where the machine has none. */
export const SAMPLES = process.env['TOUCHLINE_SAMPLES'] === '' ? undefined : process.env['TOUCHLINE_SAMPLES'];
export const EXAMPLES = resolve(import.meta.dirname, '../../../docs/examples');

export const silent: ImportProgress = { begin: () => undefined, advance: () => undefined, end: () => undefined };

export const importInto = ({ services, settings }: Platform): ImportServices => ({
  services,
  identity: { deps: services.deps, secret: settings.secrets.identityHmacSecret },
  mayPass: (error) => error instanceof EventStoreUnavailable,
});

/** As a process that only records opens it. */
export function openForImport(url: string, more: Record<string, string> = {}): Promise<Platform> {
  const settings = loadSettings({
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    ...newSecrets(),
    DATABASE_URL: url,
    ...more,
  });
  const logger = createLogger({ role: 'test', level: 'silent' });
  return openPlatform({ settings, role: 'test', logger, metrics: new Metrics(), readModels: false });
}

export interface Workplace {
  /** A temporary folder of this test file. */
  readonly folder: string;
  /** Imports with report and checkpoint in that folder. */
  run(order: Pick<ImportOrder, 'file' | 'map'> & Partial<ImportOrder>, target: ImportServices): Promise<ImportSummary>;
  /** Lines of the last report, cells apart, without its header. */
  reported(): Promise<string[][]>;
}

export function useWorkplace(): Workplace {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'touchline-import-test-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return {
    get folder() {
      return folder;
    },
    run: (order, target) =>
      runImport(
        {
          report: join(folder, 'report.csv'),
          checkpoint: join(folder, 'checkpoint'),
          dryRun: false,
          atOnce: 64,
          signal: new AbortController().signal,
          progress: silent,
          ...order,
        },
        target,
      ),
    async reported() {
      const [, ...lines] = parse(await readFile(join(folder, 'report.csv'), 'utf8'), { bom: true });
      return lines;
    },
  };
}

/** Every projection stands at the head of the log. */
export async function projected({ checkpoints, store }: Platform): Promise<void> {
  const head = await store.head();
  const end = Date.now() + 120_000;
  for (;;) {
    const behind = (await checkpoints.list()).filter(({ position }) => position !== head);
    if (behind.length === 0) return;
    if (Date.now() > end) throw new Error(`still behind: ${JSON.stringify(behind)}`);
    await delay(50);
  }
}

import { join } from 'node:path';
import type { Position } from '@touchline/core';
import { PostgresEventStore } from '@touchline/event-store/postgres/postgres-event-store.js';
import type { EmbeddedPostgres } from '@touchline/postgres';
import { createPool, startEmbeddedPostgres } from '@touchline/postgres';
import type { Pool } from 'pg';
import { Broker } from './broker.js';
import { PREPARED_VERSION, prepareLog, preparePatterns, prepareViews, viewsVersion } from './data/prepare.js';
import type { Pattern } from './data/patterns.js';
import { SEED } from './data/write-log.js';
import type { Size } from './size.js';

/** A real Postgres with its default durability, and on it logs that are prepared once and measured on copies; and a real Kafka. */
export class World {
  private patternsRead: Promise<Pattern[]> | null = null;
  private brokerStarted: Promise<Broker> | null = null;

  private constructor(
    private readonly server: EmbeddedPostgres,
    private readonly admin: Pool,
    readonly size: Size,
    readonly say: (line: string) => unknown,
  ) {}

  /** `home` is kept from run to run, and with it what was prepared. */
  static async open(home: string, size: Size, say: (line: string) => unknown): Promise<World> {
    const server = await startEmbeddedPostgres({ dataDir: join(home, 'postgres') });
    const admin = createPool({ url: server.url(), applicationName: 'bench', max: 1 });
    return new World(server, admin, size, say);
  }

  async postgresVersion(): Promise<string> {
    const { rows } = await this.admin.query<{ server_version: string }>('show server_version');
    return rows[0]?.server_version ?? 'unknown';
  }

  /** Of the stories that logs are made of. */
  patterns(): Promise<Pattern[]> {
    this.patternsRead ??= this.onScratch(async (url) => preparePatterns(url));
    return this.patternsRead;
  }

  /**
   * URL of a fresh database with a prepared log of that many events; with `views`, every read model has caught up; without `long`,
   * nobody has a long history.
   */
  async log(name: string, events: number, { views = false, long = true } = {}): Promise<string> {
    await this.copy(views ? await this.viewed(events) : await this.prepared(events, long), name);
    await this.settle();
    return this.server.url(name);
  }

  /** Of the log in one of these databases. */
  async head(name: string): Promise<Position | null> {
    const store = await PostgresEventStore.open({ url: this.server.url(name), migrate: false });
    return store.head().finally(() => store.close());
  }

  /** Everything written so far is on disk, so that nobody pays for it later. */
  async settle(): Promise<void> {
    await this.admin.query('checkpoint');
  }

  /** URL of an empty database. */
  async empty(name: string): Promise<string> {
    await this.drop(name);
    await this.admin.query(`create database ${name}`);
    return this.server.url(name);
  }

  async drop(name: string): Promise<void> {
    await this.admin.query(`drop database if exists ${name} with (force)`);
  }

  /** Cleaning up fails no measurement: what is left is told of, and made anew by whoever wants one of its name. */
  async cleanUp(...work: readonly Promise<unknown>[]): Promise<void> {
    for (const each of await Promise.allSettled(work)) if (each.status === 'rejected') this.say(`  not cleaned up: ${String(each.reason)}`);
  }

  /** One for all that ask. */
  broker(): Promise<Broker> {
    this.brokerStarted ??= Broker.start();
    return this.brokerStarted;
  }

  async close(): Promise<void> {
    await (await this.brokerStarted?.catch(() => null))?.stop();
    await this.admin.end();
    await this.server.stop();
  }

  private prepared(events: number, long = true): Promise<string> {
    return this.once(
      `log_v${PREPARED_VERSION}_${events}${long ? '' : '_short'}`,
      `a log of ${events} events (version ${PREPARED_VERSION}, seed ${SEED})`,
      async (half) => {
        await prepareLog(await this.empty(half), await this.patterns(), { events, longHistory: long ? this.size.longHistory : 0 });
      },
    );
  }

  private viewed(events: number): Promise<string> {
    return this.once(`views_v${PREPARED_VERSION}_${viewsVersion()}_${events}`, `every read model of ${events} events`, async (half) => {
      await this.copy(await this.prepared(events), half);
      await prepareViews(this.server.url(half));
    });
  }

  /** Made under another name first: what was cut short is made anew. */
  private async once(name: string, what: string, make: (half: string) => Promise<void>): Promise<string> {
    const { rowCount } = await this.admin.query('select from pg_database where datname = $1', [name]);
    if (rowCount === 1) return name;
    this.say(`preparing ${what}; it is kept for later runs`);
    const half = `half_of_${name}`;
    await make(half);
    await this.admin.query(`alter database ${half} rename to ${name}`);
    return name;
  }

  private async copy(template: string, name: string): Promise<void> {
    await this.drop(name);
    await this.admin.query(`create database ${name} template ${template} strategy file_copy`);
  }

  private async onScratch<T>(work: (url: string) => Promise<T>): Promise<T> {
    const url = await this.empty('scratch');
    try {
      return await work(url);
    } finally {
      await this.cleanUp(this.drop('scratch'));
    }
  }
}

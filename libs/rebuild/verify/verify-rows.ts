import type { Position } from '@touchline/core';
import type { StoredProjection } from '@touchline/subscriptions';
import { READ_MODEL_SCHEMA, pause } from '@touchline/subscriptions';
import { MOST_NAMED } from '../compare.js';
import type { Looked, RowFault, VerifyDeps } from './row-verifier.js';
import { RowVerifier } from './row-verifier.js';

/** What came of holding live rows against the log. */
export interface RowsVerified {
  projection: string;
  /** Place in the log that the rows were last seen at; null where nothing is worked in yet. */
  position: Position | null;
  rows: number;
  differing: number;
  /** The first of those that differ. */
  named: RowFault[];
  interrupted: boolean;
}

export interface VerifyOptions {
  /** So many rows by chance, or every row and every stream. */
  sample: number | 'all';
  signal?: AbortSignal;
  onEvent?: () => void;
}

/** Rows looked at with one view of the database. */
const AT_ONCE = 200;
const SETTLES_IN_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

/**
 * Compares live rows with replay of their streams. Rows that differ are looked at again once the view has come past all
 * that the log held then: what lies ahead, an erasure for instance, shows in a replay before it shows in the row.
 * @throws RowsNotOurs
 */
export async function verifyRows<Row extends object>(
  deps: VerifyDeps,
  projection: StoredProjection<Row>,
  options: VerifyOptions,
): Promise<RowsVerified> {
  const verified = new Verification(deps, projection, options);
  if (options.sample === 'all') await verified.everything();
  else await verified.sample(options.sample);
  return verified.result();
}

class Verification<Row extends object> {
  private readonly verifier: RowVerifier<Row>;
  private readonly key: string;
  private readonly faults = new Map<string, RowFault>();
  private position: Position | null = null;
  private rows = 0;
  private differing = 0;

  constructor(
    private readonly deps: VerifyDeps,
    private readonly projection: StoredProjection<Row>,
    private readonly options: VerifyOptions,
  ) {
    this.verifier = new RowVerifier(deps, projection);
    this.key = projection.columns[0].name;
  }

  result(): RowsVerified {
    const { position, rows, differing } = this;
    const named = [...this.faults.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
    return { projection: this.projection.name, position, rows, differing, named, interrupted: this.isOver() };
  }

  async sample(size: number): Promise<void> {
    const live = await this.deps.builds.live(this.projection.name);
    const { rows } = await this.deps.pool.query<{ key: string }>(
      `select ${this.key} as key from ${live?.schema ?? READ_MODEL_SCHEMA}.${this.projection.table} order by random() limit $1`,
      [size],
    );
    for (let from = 0; from === 0 || (from < rows.length && !this.isOver()); from += AT_ONCE)
      await this.take(await this.again(rows.slice(from, from + AT_ONCE).map(({ key }) => key)));
  }

  /** Every stream of the log from its first event, for what rows say and which are not there; then rows that no stream accounts for. */
  async everything(): Promise<void> {
    const { pool, store, checkpoints } = this.deps;
    const upTo = (await checkpoints.get(this.projection.name))?.position ?? null;
    // Which streams and rows there are is kept by the database: a log may have more than fit here.
    const client = await pool.connect();
    try {
      await client.query('create temp table accounted_for (key text primary key)');
      const seen = async (keys: readonly string[]): Promise<void> => {
        await client.query('insert into accounted_for select unnest($1::text[]) on conflict do nothing', [keys]);
      };
      let streams: string[] = [];
      const flush = async (): Promise<void> => {
        if (streams.length > 0) await this.take(await this.verifier.ofStreams(streams, seen));
        streams = [];
      };
      for await (const event of store.readAll()) {
        if (this.isOver() || upTo === null || event.position > upTo) break;
        this.options.onEvent?.();
        if (event.revision === 0 && streams.push(event.stream) === AT_ONCE) await flush();
      }
      if (!this.isOver()) await flush();
      await client.query('analyze accounted_for');
      const live = await this.deps.builds.live(this.projection.name);
      for (let last = ''; live !== null && !this.isOver();) {
        const { rows } = await client.query<{ key: string }>(
          `select ${this.key} as key from ${live.schema}.${this.projection.table} as live
           where ${this.key} > $1 and folded_position <= $2 and not exists (select from accounted_for as known where known.key = live.${this.key})
           order by 1 limit ${AT_ONCE}`,
          [last, upTo],
        );
        if (rows.length === 0) break;
        last = rows.at(-1)?.key ?? '';
        await this.take(await this.again(rows.map(({ key }) => key)));
      }
    } finally {
      // With it goes its temporary table.
      client.release(true);
    }
  }

  private async take(looked: Looked): Promise<void> {
    this.position = looked.position;
    this.rows += looked.rows;
    if (looked.faults.length === 0) return;
    await this.settled();
    const certain = await this.again(looked.faults.map(({ key }) => key));
    const added = looked.faults.filter(({ kind }) => kind === 'added');
    for (const fault of [...certain.faults, ...added]) {
      if (this.faults.has(fault.key)) continue;
      this.differing += 1;
      if (this.faults.size < MOST_NAMED) this.faults.set(fault.key, fault);
    }
  }

  private again(keys: readonly string[]): Promise<Looked> {
    return this.verifier.ofKeys((table) => ({
      sql: `select ${this.key} as key from ${table} where ${this.key} = any($1)`,
      values: [keys],
    }));
  }

  private async settled(): Promise<void> {
    const { store, checkpoints } = this.deps;
    const head = (await store.head()) ?? '';
    const deadline = performance.now() + LONGEST_WAIT_MS;
    await pause(SETTLES_IN_MS, this.options.signal);
    while (!this.isOver() && performance.now() < deadline) {
      const live = await checkpoints.get(this.projection.name);
      if (live?.state !== 'running' || (live.position ?? '') >= head) return;
      await pause(100, this.options.signal);
    }
  }

  private isOver(): boolean {
    return this.options.signal?.aborted ?? false;
  }
}

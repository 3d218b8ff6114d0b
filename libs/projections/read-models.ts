import type { Pool, PoolClient } from 'pg';
import type { Caller, Position } from '@touchline/core';
import { asPosition } from '@touchline/core';
import { Problem, requestSignal } from '@touchline/http';
import { endsWith, inTransaction } from '@touchline/postgres';
import type { Reached, WaitDeps } from '@touchline/subscriptions';
import { READ_MODEL_SCHEMA, SetAsides, waitFor } from '@touchline/subscriptions';
import type { SqlQuery } from './sql-query.js';
import { queryOn } from './sql-query.js';
import type { EntityClass } from './table-of.js';
import { tableOf } from './table-of.js';

/** Roles that read of customers and their journeys; of which, their sites say (domain §1.2). */
export const MAY_READ = { roles: ['consultant', 'manager', 'service-manager', 'analyst', 'admin'], scope: 'site' } as const;

/** What every query works with: its rows, and the wait for a caller's own write. */
export class ReadModels {
  constructor(private readonly deps: WaitDeps & { pool: Pool; beside: Pool; timeoutMs: number }) {}

  /** Ends with the request: a statement that nobody waits for any more is cancelled. */
  readonly ask: SqlQuery = async (text, values) => {
    const { pool, beside } = this.deps;
    const client = await pool.connect();
    try {
      return await endsWith(client, beside, requestSignal(), () => queryOn(client)(text, values));
    } finally {
      client.release();
    }
  };

  /** A transaction that ends with the request. */
  transaction<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const { pool, beside } = this.deps;
    return inTransaction(pool, (client) => endsWith(client, beside, requestSignal(), () => work(client)));
  }

  /** Several statements that see the same rows of one view, with the memory that sums over all of them take. */
  snapshot<T>(entity: EntityClass, query: (ask: SqlQuery) => Promise<T>): Promise<T> {
    return this.transaction(async (client) => {
      await client.query('set transaction isolation level repeatable read, read only');
      // First, so that no other rows can become the live ones after the moment that the statements see.
      await client.query(`lock table ${READ_MODEL_SCHEMA}.${tableOf(entity).table} in access share mode`);
      // Compiling such a statement takes longer than running it.
      await client.query(`set local work_mem = '32MB'; set local jit = off`);
      return query(queryOn(client));
    });
  }

  /**
   * Waits until these views show what the caller has seen recorded; at once where they have not named anything.
   * @throws Problem 400 `position.malformed` | 504 `read-model.behind`, with how far behind | 503 `read-model.set-aside` where it is
   *   missing from a view that has come past it
   */
  async upTo(after: string | undefined, ...views: readonly string[]): Promise<void> {
    if (after === undefined) return;
    const { pool, store } = this.deps;
    const wanted = await this.position(after, 'after');
    await this.reached(wanted, ...views);
    const missing = await new SetAsides(pool).missing(views, () => store.eventAt(wanted));
    if (missing !== null) throw setAside(missing);
  }

  /** @throws Problem 504 `read-model.behind` */
  async reached(wanted: Position, ...views: readonly string[]): Promise<void> {
    await Promise.all(
      views.map(async (view) => {
        const reached = await waitFor(this.deps, view, wanted, this.deps.timeoutMs);
        if (!reached.reached) throw behind(view, reached);
      }),
    );
  }

  head(): Promise<Position | null> {
    return this.deps.store.head();
  }

  /**
   * A position is opaque; but all of one log have the same form, and none lies beyond its head (ADR 0001).
   * @throws Problem 400 `position.malformed`
   */
  async position(text: string, field: string): Promise<Position> {
    const head = await this.deps.store.head();
    if (head === null || formOf(text) !== formOf(head) || text > head)
      throw new Problem(400, 'position.malformed', 'give the position that the answer to a command named', {
        errors: [{ field, rule: 'position', detail: 'this log has given out no such position' }],
      });
    return asPosition(text);
  }
}

const formOf = (position: string): string => position.replaceAll(/[0-9a-f]/g, '0');

function behind(view: string, { state, position, lag }: Extract<Reached, { reached: false }>): Problem {
  const events = `${lag.more ? 'more than ' : ''}${lag.events} events`;
  return new Problem(504, 'read-model.behind', `${view} is ${state} and ${events} or ${Math.round(lag.seconds)} s behind the log`, {
    headers: { 'retry-after': '1' },
    extensions: { view, state, position, lag },
  });
}

/** Whoever may settle it sees what it is; nothing of it is told here, where any position may be asked for. */
function setAside({ reader, retryAt }: { reader: string; retryAt: string }): Problem {
  const seconds = Math.max(1, Math.ceil((Date.parse(retryAt) - Date.now()) / 1000));
  const detail = `${reader} could not work in what you name, or something before it in the same record: its rows stand as before; without \`after\` you see them`;
  return new Problem(503, 'read-model.set-aside', detail, { headers: { 'retry-after': String(seconds) }, extensions: { view: reader } });
}

/** Makes a parameter of a value, and gives its place in the statement. */
export type Place = (value: unknown) => string;

/** Where a query finds the rows of a view: in its table, or wherever a replay has put them. */
export type Rows = ($: Place) => string;

export const live =
  (entity: EntityClass): Rows =>
  () =>
    `${READ_MODEL_SCHEMA}.${tableOf(entity).table}`;

/** Parameters of a statement under construction: `$(value)` gives the place of the value. */
export function parameters(): { values: unknown[]; $: Place } {
  const values: unknown[] = [];
  return { values, $: (value) => `$${values.push(value)}` };
}

/** Rows of the caller's group and sites (domain §1.2); what belongs to no site is for those who see all. */
export const visible = ($: Place, { tenant, sites }: Caller): string =>
  `tenant = ${$(tenant)}` + (sites === 'all' ? '' : ` and site_id = any(${$(sites)}::text[])`);

/** One answer for what is unknown and for what the caller may not see, so that neither can be told. */
export const unknown = (of: 'customer' | 'journey' | 'complaint' | 'touchpoint'): Problem =>
  new Problem(404, `${of}.unknown`, `there is no such ${of}, or you may not see it`);

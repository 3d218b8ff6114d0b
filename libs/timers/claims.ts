import type { Pool } from 'pg';
import type { Timer } from '@touchline/core';
import type { CommandOutcome } from '@touchline/event-store';
import { READ_MODEL_SCHEMA } from '@touchline/subscriptions';
import { firingOf } from './firing.js';

/** A timer that was fired, and what came of it. */
export interface Fired {
  timer: Timer;
  outcome: CommandOutcome;
}

/** Claims that go at a time. */
const SWEPT_AT_ONCE = 5_000;
const DAY_MS = 24 * 60 * 60 * 1000;
/** For somebody to ask why nothing came of a timer. */
const REFUSALS_KEPT_MS = 30 * DAY_MS;

const CLAIM = {
  name: 'timers_claim',
  text: `
    insert into touchline.timer_claims (key, due_at, kind, shard, outcome, codes, command_id, fired_at)
    select key, due_at, kind, $1, outcome, codes::text[], command_id, $2
    from unnest($3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $8::uuid[])
      as fired (key, due_at, kind, outcome, codes, command_id)
    on conflict do nothing`,
};

// What is recorded the log tells of, and what is fired again by mistake is known there.
const SWEEP = `
  delete from touchline.timer_claims where ctid = any(array(
    select claim.ctid from touchline.timer_claims as claim
    where (claim.outcome = 'recorded' or claim.fired_at < $1) and not exists (
      select from ${READ_MODEL_SCHEMA}.timers as timer
      where timer.key = claim.key and timer.due_at = claim.due_at and timer.kind = claim.kind)
    limit ${SWEPT_AT_ONCE}))`;

/** What was fired: kept apart from the rows, which are what the log says and no more (ADR 0049). */
export class TimerClaims {
  constructor(private readonly pool: Pick<Pool, 'query'>) {}

  async keep(shard: number, now: string, fired: readonly Fired[]): Promise<void> {
    if (fired.length === 0) return;
    const values = [
      fired.map(({ timer }) => timer.key),
      fired.map(({ timer }) => timer.dueAt),
      fired.map(({ timer }) => timer.kind),
      fired.map(({ outcome }) => outcome.kind),
      // Codes are words with dots and dashes: nothing in them needs quoting.
      fired.map(({ outcome }) => `{${outcome.kind === 'refused' ? outcome.refusals.map(({ code }) => code).join(',') : ''}}`),
      fired.map(({ timer }) => firingOf(timer).commandId),
    ];
    await this.pool.query({ ...CLAIM, values: [shard, now, ...values] });
  }

  /** Takes out those whose timer is gone, or due at another instant; refusals a month after. */
  async sweep(now: string, signal: AbortSignal): Promise<void> {
    const before = new Date(Date.parse(now) - REFUSALS_KEPT_MS).toISOString();
    let swept = SWEPT_AT_ONCE;
    while (swept === SWEPT_AT_ONCE && !signal.aborted) swept = (await this.pool.query(SWEEP, [before])).rowCount ?? 0;
  }
}

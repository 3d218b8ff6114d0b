import type { Clock } from '@touchline/core';
import { BatchLoader } from '@touchline/postgres';
import type { Pool } from 'pg';

/** A key as it was sent, and what it was sent for; digests, as UUIDs. */
export interface KeyClaim {
  key: string;
  /** Of the caller, the address and the body. */
  request: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const SWEEP_EVERY_MS = 60 * 60 * 1000;
/** Claims that are taken out at a time; what is left goes next time. */
const SWEPT_AT_ONCE = 5_000;

/** Rows in the order of their keys: two processes that claim the same ones never wait for each other. */
const CLAIM = {
  name: 'request_claims_claim',
  text: `
    insert into touchline.request_claims as claimed (key, request, holders, claimed_at)
    select key, request, holders, $4 from unnest($1::uuid[], $2::uuid[], $3::integer[]) as asked(key, request, holders) order by key
    on conflict (key) do update set
      request = excluded.request,
      holders = greatest(claimed.holders, 0) + excluded.holders,
      claimed_at = case when claimed.holders > 0 then claimed.claimed_at else excluded.claimed_at end
      where claimed.request = excluded.request or claimed.holders <= 0
    returning key`,
};

const RELEASE = {
  name: 'request_claims_release',
  text: `
    update touchline.request_claims as claimed set holders = claimed.holders - 1
    where claimed.key = $1 and claimed.request = $2`,
};

const SWEEP = `
  delete from touchline.request_claims where ctid = any(array(
    select ctid from touchline.request_claims where claimed_at < $1 limit ${SWEPT_AT_ONCE}))`;

/**
 * One key, one request, over a group: a request claims its key before it does anything, for whoever sends the very same again.
 * A refusal gives it back; a request of which nobody knows what became keeps it (ADR 0030).
 */
export class RequestClaims {
  private readonly claiming = new BatchLoader((asked: readonly KeyClaim[]) => this.claimAll(asked), {
    maxConcurrent: 1,
    maxBatchSize: 256,
  });
  private sweptAt = 0;

  constructor(
    private readonly pool: Pool,
    private readonly clock: Clock,
    /** How long a key stands for its request. */
    private readonly days: number,
  ) {}

  /** False where the key stands for another request. */
  claim(claim: KeyClaim): Promise<boolean> {
    return this.claiming.load(claim);
  }

  /** Of a request that was refused: nothing is remembered of it, and its key may come with another body. */
  async release({ key, request }: KeyClaim): Promise<void> {
    await this.pool.query({ ...RELEASE, values: [key, request] });
  }

  private async claimAll(asked: readonly KeyClaim[]): Promise<boolean[]> {
    const now = await this.clock.now();
    const answers = new Map<KeyClaim, boolean>();
    for (let left = [...asked]; left.length > 0;) {
      // Of one key, one request at a time: the others then find it claimed.
      const first = new Map<string, { request: string; holders: KeyClaim[] }>();
      const later: KeyClaim[] = [];
      for (const claim of left) {
        const known = first.get(claim.key);
        if (known === undefined) first.set(claim.key, { request: claim.request, holders: [claim] });
        else if (known.request === claim.request) known.holders.push(claim);
        else later.push(claim);
      }
      const rows = [...first];
      const { rows: claimed } = await this.pool.query<{ key: string }>({
        ...CLAIM,
        values: [rows.map(([key]) => key), rows.map(([, { request }]) => request), rows.map(([, { holders }]) => holders.length), now],
      });
      const won = new Set(claimed.map(({ key }) => key));
      for (const [key, { holders }] of rows) for (const claim of holders) answers.set(claim, won.has(key));
      left = later;
    }
    await this.sweep(Date.parse(now));
    return asked.map((claim) => answers.get(claim) ?? false);
  }

  private async sweep(now: number): Promise<void> {
    if (Math.abs(now - this.sweptAt) < SWEEP_EVERY_MS) return;
    this.sweptAt = now;
    await this.pool.query(SWEEP, [new Date(now - this.days * DAY_MS).toISOString()]);
  }
}

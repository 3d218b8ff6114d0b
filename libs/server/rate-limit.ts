import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Pool } from 'pg';
import type { TokenSubject, TokenVerifier } from '@touchline/auth';
import { addressBlock, bearerToken, countTimes, digest } from '@touchline/auth';
import type { Clock } from '@touchline/core';
import { BestEffort } from '@touchline/core';
import { Problem } from '@touchline/http';
import type { ProblemFilter } from './problem.filter.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose token it carries, or why it does not count; for the guard, which need not look at it again. */
    verified?: Promise<TokenSubject>;
  }
}

const MINUTE = 60_000;
/** How long what one process counted is unknown to the others. */
const SHARED_EVERY_MS = 1_000;
/** Most callers that are counted apart; a minute of more than these has other troubles. */
const MOST_CALLERS = 50_000;

interface Counter {
  /** Here, and of it what the others have not been told. */
  own: number;
  untold: number;
  /** By the others, as far as is known. */
  others: number;
}

/** How often each caller asks in a minute: at once of this process, within a second of all of them. */
export class RequestCounts {
  private minute = 0;
  private counters = new Map<string, Counter>();
  private sharing: Promise<void> | null = null;
  private readonly timer: NodeJS.Timeout;
  private readonly telling: BestEffort;

  constructor(
    private readonly pool: Pick<Pool, 'query'>,
    onFault: (error: unknown) => void,
  ) {
    this.telling = new BestEffort(onFault);
    this.timer = setInterval(() => void this.share(), SHARED_EVERY_MS).unref();
  }

  /** How often with this once more. */
  next(who: string, minute: number): number {
    if (minute !== this.minute) {
      this.minute = minute;
      this.counters = new Map();
    }
    const counter = this.counters.get(who) ?? { own: 0, untold: 0, others: 0 };
    counter.own += 1;
    counter.untold += 1;
    if (this.counters.size < MOST_CALLERS) this.counters.set(who, counter);
    return counter.own + counter.others;
  }

  /** Tells the others, and hears of them. A database that is away leaves each with what it counts itself. */
  share(): Promise<void> {
    this.sharing ??= this.telling.run(() => this.tell()).finally(() => (this.sharing = null));
    return this.sharing;
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.sharing;
  }

  private async tell(): Promise<void> {
    const { minute } = this;
    const told = [...this.counters].flatMap(([who, counter]) => (counter.untold > 0 ? [{ who, counter, times: counter.untold }] : []));
    if (told.length === 0) return;
    for (const { counter, times } of told) counter.untold -= times;
    const sums = await countTimes(
      this.pool,
      told.map(({ who, times }) => ({ who: digest('requests', who), times })),
      minute,
    );
    for (const [place, { counter }] of told.entries()) counter.others = Math.max(0, (sums[place] ?? 0) - (counter.own - counter.untold));
  }
}

export interface RateLimit {
  max: number;
  clock: Clock;
  counts: RequestCounts;
  /** Null where nobody signs in. */
  verifier: TokenVerifier | null;
  filter: ProblemFilter;
}

/** Bounds how often a caller may ask, whatever for: an address that nobody serves counts as any other. */
export function limitRates(fastify: FastifyInstance, { max, clock, counts, verifier, filter }: RateLimit): void {
  fastify.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    const now = Date.parse(await clock.now());
    const minute = Math.floor(now / MINUTE);
    const times = counts.next(await callerOf(request, verifier), minute);
    const reset = Math.ceil(((minute + 1) * MINUTE - now) / 1000);
    reply.headers({ 'x-ratelimit-limit': max, 'x-ratelimit-remaining': Math.max(0, max - times), 'x-ratelimit-reset': reset });
    if (times <= max) return;
    const headers = { 'retry-after': String(reset) };
    filter.reply(new Problem(429, 'rate.limited', `at most ${max} requests a minute`, { headers }), request, reply);
    return reply;
  });
}

/**
 * Whoever is signed in counts as themselves, so that a shared address does not make callers pay for each other; whoever is
 * not, or sends a token that does not count, as the address.
 */
async function callerOf(request: FastifyRequest, verifier: TokenVerifier | null): Promise<string> {
  const token = bearerToken(request.headers.authorization);
  if (verifier !== null && token !== null) {
    request.verified = verifier.verify(token);
    const subject = await request.verified.catch(() => null);
    if (subject !== null) return `${subject.tenant}/${subject.userId}`;
  }
  return addressBlock(request.ip);
}

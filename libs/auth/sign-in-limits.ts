import type { Pool } from 'pg';
import type { Clock } from '@touchline/core';
import { Semaphore } from '@touchline/core';
import { Problem } from '@touchline/http';
import { addressBlock } from './address.js';
import { countTimes, digest } from './counts.js';

/** Wrong passwords in a minute, over all processes: from one address for one login, and for any login. */
const TRIES_PER_LOGIN = 10;
const TRIES_PER_ADDRESS = 100;
const MINUTE = 60_000;

/** Secrets that are worked out at once in a process: the threads that do it serve everything else too. */
const AT_ONCE = 2;
const MOST_WAITING = 64;
const MOST_WAITING_PER_ADDRESS = 32;

export interface Try {
  userId: string;
  address: string;
}

/**
 * Slows down whoever guesses passwords. What is limited is an address, and an address with a login: never a login from
 * anywhere, which would lock somebody out at the will of others.
 */
export class SignInLimits {
  private readonly semaphore = new Semaphore(AT_ONCE);
  private readonly waiting = new Map<string, number>();

  constructor(
    private readonly pool: Pick<Pool, 'query'>,
    private readonly clock: Clock,
  ) {}

  /**
   * Whether the password fits; a wrong one counts, before it is looked at, so that many at once are no way around.
   * @throws Problem 429 `rate.limited`, 503 `sign-in.busy`
   */
  async tried({ userId, address }: Try, verify: () => Promise<boolean>): Promise<boolean> {
    const block = addressBlock(address);
    const now = Date.parse(await this.clock.now());
    const minute = Math.floor(now / MINUTE);
    const both = [digest('sign-in', block, userId), digest('sign-in', block)];
    return this.inTurn(address, async () => {
      const [perLogin = 0, perAddress = 0] = await countTimes(
        this.pool,
        both.map((who) => ({ who, times: 1 })),
        minute,
      );
      if (perLogin > TRIES_PER_LOGIN || perAddress > TRIES_PER_ADDRESS) {
        const headers = { 'retry-after': String(Math.ceil(((minute + 1) * MINUTE - now) / 1000)) };
        throw new Problem(429, 'rate.limited', 'too many tries; wait a minute', { headers });
      }
      const fits = await verify();
      if (fits)
        await countTimes(
          this.pool,
          both.map((who) => ({ who, times: -1 })),
          minute,
        );
      return fits;
    });
  }

  /** Work that takes a secret to be worked out. @throws Problem 503 `sign-in.busy` */
  async inTurn<T>(address: string, work: () => Promise<T>): Promise<T> {
    const block = addressBlock(address);
    const own = this.waiting.get(block) ?? 0;
    if ((this.semaphore.queue ?? 0) >= MOST_WAITING || own >= MOST_WAITING_PER_ADDRESS + AT_ONCE)
      throw new Problem(503, 'sign-in.busy', 'many sign in just now; try again', { headers: { 'retry-after': '5' } });
    this.waiting.set(block, own + 1);
    try {
      return await this.semaphore.run(work);
    } finally {
      const left = (this.waiting.get(block) ?? 1) - 1;
      if (left === 0) this.waiting.delete(block);
      else this.waiting.set(block, left);
    }
  }
}

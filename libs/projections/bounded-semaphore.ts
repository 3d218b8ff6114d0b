import { Semaphore } from '@touchline/core';
import { Problem, requestSignal } from '@touchline/http';

/** Lets so many work at once; some more wait for their turn, anybody else is asked to come again. */
export class BoundedSemaphore {
  private readonly semaphore: Semaphore;

  constructor(
    atOnce: number,
    private readonly mostWaiting: number,
  ) {
    this.semaphore = new Semaphore(atOnce);
  }

  /** Whoever's request ends gives up their place. @throws Problem 503 `replay.busy` */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const { queue } = this.semaphore;
    if (queue !== null && queue >= this.mostWaiting)
      throw new Problem(503, 'replay.busy', 'as many replays as may run wait already; try again later', {
        headers: { 'retry-after': '10' },
      });
    return this.semaphore.run(work, requestSignal());
  }
}

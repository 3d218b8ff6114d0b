import { Turns } from '@touchline/core';
import { Problem, requestSignal } from '@touchline/http';

/** Lets so many work at once; some more wait for their turn, anybody else is asked to come again. */
export class LimitedTurns {
  private readonly turns: Turns;

  constructor(
    atOnce: number,
    private readonly mostWaiting: number,
  ) {
    this.turns = new Turns(atOnce);
  }

  /** Whoever's request ends gives up their place. @throws Problem 503 `replay.busy` */
  async take<T>(work: () => Promise<T>): Promise<T> {
    const { queue } = this.turns;
    if (queue !== null && queue >= this.mostWaiting)
      throw new Problem(503, 'replay.busy', 'as many replays as may run wait already; try again later', {
        headers: { 'retry-after': '10' },
      });
    return this.turns.take(work, requestSignal());
  }
}

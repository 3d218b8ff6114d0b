import { Problem } from '@touchline/http';

/** Lets so many work at once; some more wait for their turn, anybody else is asked to come again. */
export class Turns {
  private working = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly atOnce: number,
    private readonly mostWaiting: number,
  ) {}

  /** @throws Problem 503 `replay.busy` */
  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.working < this.atOnce) this.working += 1;
    else {
      if (this.waiting.length >= this.mostWaiting)
        throw new Problem(503, 'replay.busy', 'as many replays as may run wait already; try again later', {
          headers: { 'retry-after': '10' },
        });
      // Whoever ends hands its turn on, so the number at work stays.
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.working -= 1;
      else next();
    }
  }
}

/** Lets so many do something at a time; the others wait for their turn, in the order in which they came. */
export class Semaphore {
  private readonly waiting: (() => void)[] = [];
  private taken = 0;

  constructor(private readonly most: number) {}

  /** How many wait; null where the next to come would have its turn at once. */
  get queue(): number | null {
    return this.taken < this.most ? null : this.waiting.length;
  }

  /** @throws the signal's reason where it ends before its turn has come; nobody waits behind it then */
  async run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    if (this.taken < this.most) this.taken += 1;
    // Whoever ends hands the turn over, so that nobody comes in between.
    else await this.turn(signal);
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.taken -= 1;
      else next();
    }
  }

  private turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.waiting.splice(this.waiting.indexOf(come), 1);
        reject(signal?.reason as Error);
      };
      const come = (): void => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      this.waiting.push(come);
      signal?.addEventListener('abort', leave, { once: true });
    });
  }
}

/** Lets so many do something at a time; the others wait for their turn, in the order in which they came. */
export class Turns {
  private readonly waiting: (() => void)[] = [];
  private taken = 0;

  constructor(private readonly most: number) {}

  /** How many wait; null where the next to come would have its turn at once. */
  get queue(): number | null {
    return this.taken < this.most ? null : this.waiting.length;
  }

  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.taken < this.most) this.taken += 1;
    // Whoever ends hands the turn over, so that nobody comes in between.
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.taken -= 1;
      else next();
    }
  }
}

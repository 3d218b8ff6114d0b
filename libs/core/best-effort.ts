/**
 * Does what only informs and holds nobody up, such as noting how far something has come: a failure is reported and not thrown;
 * of failures in a row the first alone, so that a server which is away is told of once.
 */
export class BestEffort {
  private failing = false;

  constructor(private readonly report: (error: unknown) => void) {}

  /** Never fails. */
  async run(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
      this.failing = false;
    } catch (error) {
      if (!this.failing) this.report(error);
      this.failing = true;
    }
  }
}

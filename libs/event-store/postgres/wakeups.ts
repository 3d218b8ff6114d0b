/** Counts wake-ups, so that one which comes while nobody waits is not lost; wakes by itself after the poll interval. */
export class Wakeups {
  count = 0;
  private readonly waiting = new Set<() => void>();

  constructor(private readonly pollMs: number) {}

  wake(): void {
    this.count += 1;
    for (const resume of [...this.waiting]) resume();
  }

  /** Resolves at the first wake-up after the count that was seen, at the next poll, or when aborted. */
  async next(seen: number, signal: AbortSignal): Promise<void> {
    if (this.count !== seen || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const resume = (): void => {
        clearTimeout(timer);
        this.waiting.delete(resume);
        signal.removeEventListener('abort', resume);
        resolve();
      };
      const timer = setTimeout(resume, this.pollMs);
      this.waiting.add(resume);
      signal.addEventListener('abort', resume);
    });
  }
}

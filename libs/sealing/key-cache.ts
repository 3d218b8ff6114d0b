/** Monotonic milliseconds; never set back, so a changed wall clock cannot keep a key alive. */
export type Ticks = () => number;

/** Keys live here at most this long, so that an erasure elsewhere takes hold (ADR 0015). */
export const MAX_KEY_AGE_MS = 60_000;

/** A bounded map whose entries expire; the oldest make way. `null` remembers that the key was erased. */
export class KeyCache {
  private readonly entries = new Map<string, { key: Buffer | null; readAt: number }>();
  private drops = 0;

  constructor(
    private readonly ticks: Ticks,
    private readonly size: number,
  ) {}

  get(id: string): Buffer | null | undefined {
    const entry = this.entries.get(id);
    if (entry === undefined) return undefined;
    if (this.ticks() - entry.readAt < MAX_KEY_AGE_MS) return entry.key;
    this.entries.delete(id);
    return undefined;
  }

  /** Call before reading from the table; hand the result to the function it gives. */
  reading(): (id: string, key: Buffer | null) => void {
    // Age counts from before the read, and what was read while something was dropped may be what was dropped.
    const readAt = this.ticks();
    const { drops } = this;
    return (id, key) => {
      if (drops !== this.drops) return;
      this.entries.delete(id);
      this.entries.set(id, { key, readAt });
      if (this.entries.size > this.size) for (const oldest of this.entries.keys()) return void this.entries.delete(oldest);
    };
  }

  drop(id: string): void {
    this.drops += 1;
    this.entries.delete(id);
  }

  clear(): void {
    this.drops += 1;
    this.entries.clear();
  }
}

import type { BatchApplier, Written } from './apply-batch.js';
import type { RunState } from './checkpoints.js';

/**
 * Writes what is folded while folding goes on: one write at a time, each of all that has come together by then. The more
 * that is, the fewer rows are written again and again.
 */
export class WriteBehind<Row extends object> {
  /** What the reader shall do next, as the last write said. */
  state: RunState = 'running';
  /** Why a write failed; what it was of is not given up yet. */
  failure: { error: unknown } | null = null;
  private underWay: Promise<void> | null = null;
  private wanted = false;

  constructor(
    private readonly applier: BatchApplier<Row>,
    /** Most events of one write. */
    private readonly most: number,
    private readonly told: {
      written(written: Written): void;
      /** Nothing more is written. */
      ended(): void;
    },
  ) {}

  get ended(): boolean {
    return this.failure !== null || this.state !== 'running';
  }

  /** Begins to write, at once or after the write under way. */
  begin(): void {
    if (this.ended || this.applier.waiting === 0) return;
    this.wanted = this.underWay !== null;
    this.underWay ??= this.writeOnce();
  }

  /** Until so many more events may be folded; what is folded is written where they would be too many. */
  async room(events: number): Promise<void> {
    while (!this.ended && this.applier.waiting > 0 && this.applier.waiting + events > this.most) {
      if (this.underWay === null) this.begin();
      else await this.underWay;
    }
  }

  /** Until all that is folded is written, or will not be. */
  async settled(): Promise<void> {
    this.begin();
    while (this.underWay !== null) await this.underWay;
  }

  private async writeOnce(): Promise<void> {
    try {
      const written = await this.applier.write();
      this.state = written.state;
      this.told.written(written);
    } catch (error) {
      this.failure = { error };
    }
    this.underWay = null;
    if (this.ended) this.told.ended();
    else if (this.wanted) this.begin();
  }
}

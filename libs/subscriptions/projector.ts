import { endsWithin } from './pause.js';
import { runProcessor } from './run-processor.js';
import type { RunnerDeps } from './run-projection.js';
import { ProjectionProcessor } from './run-projection.js';
import type { StoredProjection } from './stored-projection.js';

/** Runs a set of projections side by side until it is drained. */
export class Projector {
  private readonly ending = new AbortController();
  private readonly running: Promise<unknown>;

  constructor(deps: RunnerDeps, projections: readonly StoredProjection[]) {
    this.running = Promise.all(
      projections.map((projection) => runProcessor(deps, new ProjectionProcessor(deps, projection), this.ending.signal)),
    );
  }

  /** Finishes the batches in hand and gives back the leases; false where that took longer than allowed. */
  async drain(timeoutMs: number): Promise<boolean> {
    this.ending.abort();
    return endsWithin(this.running, timeoutMs);
  }
}

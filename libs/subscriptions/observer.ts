import type { Position } from '@touchline/core';
import type { Failure } from './failures.js';
import type { SetAside } from './set-aside.js';

/** Told what a projection does, for logs and metrics. Never told what events hold. */
export interface ProjectionObserver {
  /** Holds the lease and follows the log from here; 'standby' while another holds it. */
  state(projection: string, state: 'running' | 'paused' | 'stopped' | 'standby'): void;
  /** A batch is in; `recordedAt` of its last event tells how far behind the log the view is, `traces` what it is part of. */
  batch(
    projection: string,
    batch: { events: number; seconds: number; position: Position; recordedAt: string; traces: ReadonlySet<string> },
  ): void;
  /** A stream cannot be worked in, for the first time or again; all else goes on. */
  setAside(projection: string, aside: SetAside): void;
  /** A stream that was set aside goes on. */
  settled(projection: string, stream: string): void;
  /** It stands still until an operator acts. */
  failure(projection: string, failure: Failure): void;
  /** The machinery failed, the server being away for instance; it is tried again with back-off. */
  fault(projection: string, error: unknown): void;
}

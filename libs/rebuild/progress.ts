import type { Build, Checkpoint } from '@touchline/subscriptions';

/** How far a build has come. */
export interface BuildProgress {
  /** Events of the log worked in. */
  done: number;
  /** Events that must be; it grows with the log. Null until they are counted. */
  total: number | null;
  /** Over all the time spent on it; null before the first batch. */
  eventsPerSecond: number | null;
  remainingSeconds: number | null;
}

/** `own` is its checkpoint, null before it was begun with; `live` that of the live rows. */
export function progressOf(build: Build, own: Checkpoint | null, live: Checkpoint | null): BuildProgress {
  const done = own?.events ?? 0;
  const known = live?.events ?? build.total;
  const total = known === null ? null : Math.max(known, done);
  const eventsPerSecond = done === 0 || build.workedMs === 0 ? null : Math.round((done * 1000) / build.workedMs);
  const remainingSeconds = total === null || eventsPerSecond === null ? null : Math.ceil((total - done) / Math.max(1, eventsPerSecond));
  return { done, total, eventsPerSecond, remainingSeconds };
}

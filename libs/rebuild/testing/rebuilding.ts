import { afterAll, beforeEach } from '@jest/globals';
import type { Build, BuildState } from '@touchline/subscriptions';
import type { Engine } from '@touchline/subscriptions/testing/engine.js';
import { trails, trailsTable } from '@touchline/subscriptions/testing/trails.js';
import { eventually } from '@touchline/testing/eventually.js';
import type { RebuildDeps, RebuildObserver } from '../build-run.js';
import { Rebuilder } from '../rebuilder.js';

export const unheard: RebuildObserver = {
  state: () => {},
  batch: () => {},
  setAside: () => {},
  settled: () => {},
  failure: () => {},
  fault: () => {},
};

export interface Rebuilding {
  deps(): RebuildDeps;
  /** Starts a process that works on builds; drained after the test at the latest. */
  start(changes?: Partial<RebuildDeps>, projection?: typeof trails): Rebuilder;
  /** Begins a build and waits until it has come to this. */
  rebuilt(projection?: typeof trails, options?: { acceptDifferences?: boolean }): Promise<Build>;
  /** The newest build, once it stands so. */
  until(state: BuildState, build?: number): Promise<Build>;
  stopAll(): Promise<void>;
}

/** Rebuilds of the trails of an engine under test. */
export function useRebuilding(engine: Engine): Rebuilding {
  const running: Rebuilder[] = [];
  const stopAll = async (): Promise<void> => {
    await Promise.all(running.splice(0).map((each) => each.drain(10_000)));
  };
  beforeEach(stopAll);
  afterAll(stopAll);
  const rebuilding: Rebuilding = {
    deps: () => ({
      ...engine.deps,
      observer: unheard,
      makeTables: async (_, schema) => {
        await engine.pool.query(trailsTable(schema));
      },
    }),
    start(changes = {}, projection = trails) {
      const rebuilder = new Rebuilder({ ...rebuilding.deps(), ...changes }, [projection]);
      running.push(rebuilder);
      return rebuilder;
    },
    async rebuilt(projection = trails, options = {}) {
      const begun = await engine.deps.builds.begin(projection, options);
      return rebuilding.until('live', begun?.build);
    },
    until: (state, build) =>
      eventually(async () => {
        const [newest] = await engine.deps.builds.list('trails');
        return newest?.state === state && (build ?? newest.build) === newest.build && newest;
      }),
    stopAll,
  };
  return rebuilding;
}

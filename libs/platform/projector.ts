import type { Platform } from './platform.js';
import { leasesOf } from './platform.js';
import type { Tracing } from '@touchline/observability';
import { FAILURE_TEXT, Projector, pause, waitFor } from '@touchline/subscriptions';
import type { ProjectionObserver } from '@touchline/subscriptions';
import { projections } from '@touchline/projections';
import { tellFault } from './tell-fault.js';

/** Follows the log with every read model until drained. */
export function startProjector(platform: Platform): Projector {
  const { untimed: pool, store, registry, openForViews: open, builds, checkpoints, notifications, settings } = platform;
  return new Projector(
    {
      pool,
      store,
      registry,
      builds,
      checkpoints,
      notifications,
      open,
      observer: observer(platform),
      ...leasesOf(platform),
      batchSize: settings.log.projectionBatchSize,
    },
    projections.map(({ projection }) => projection),
  );
}

/** Waits until every read model is of this release's version and shows all that is recorded now, or for as long as allowed. */
export async function untilCaughtUp(platform: Platform, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (const { name, projection } of projections)
    while ((await platform.builds.live(name))?.version !== projection.version && performance.now() < deadline) await pause(50);
  const head = await platform.store.head();
  if (head !== null) await Promise.all(projections.map(({ name }) => waitFor(platform, name, head, timeoutMs)));
}

function observer({ logger, metrics, tracing }: Platform): ProjectionObserver {
  const known = new Map<string, string>();
  return {
    state(projection, state) {
      // One that stands by looks again and again; only a change is news.
      if (known.get(projection) === state) return;
      known.set(projection, state);
      metrics.setProjection(projection, state);
      logger.info({ projection, state }, 'projection');
    },
    batch(projection, { events, seconds, traces }) {
      metrics.projectedEvents.inc({ projection }, events);
      metrics.projectionBatches.observe({ projection }, seconds);
      if (tracing !== null && traces.size > 0) tellProjected(tracing, projection, { events, seconds, traces });
    },
    setAside(projection, aside) {
      logger.error({ projection, aside }, 'a stream is set aside: an event of it could not be worked in; all else goes on');
    },
    settled(projection, stream) {
      logger.info({ projection, stream }, 'a stream that was set aside goes on');
    },
    failure(projection, failure) {
      logger.error({ projection, failure }, `a projection stands still until an operator acts: ${FAILURE_TEXT[failure.code]}`);
    },
    fault(projection, error) {
      tellFault(logger, { projection }, error, 'projection lost its footing; it will try again');
    },
  };
}

/** One batch is part of each trace that its events came with. */
function tellProjected(
  tracing: Tracing,
  projection: string,
  { events, seconds, traces }: { events: number; seconds: number; traces: ReadonlySet<string> },
): void {
  const attributes = { 'touchline.projection': projection, 'touchline.events': events };
  for (const traceparent of traces) tracing.done({ name: `project ${projection}`, kind: 'internal', attributes }, { traceparent, seconds });
}

import { projections } from '@touchline/projections';
import { makeBuildTables } from '@touchline/projections/migrate.js';
import type { RebuildObserver } from '@touchline/rebuild';
import { Rebuilder } from '@touchline/rebuild';
import { FAILURE_TEXT, buildName } from '@touchline/subscriptions';
import type { Platform } from './platform.js';
import { leasesOf } from './platform.js';
import { tellFault } from './tell-fault.js';

/** Works on the rebuilds that are under way until drained (ADR 0021). */
export function startRebuilds(platform: Platform): Rebuilder {
  const { settings } = platform;
  return new Rebuilder(
    {
      ...platform,
      pool: platform.untimed,
      open: platform.openForViews,
      observer: observer(platform),
      ...leasesOf(platform),
      batchSize: settings.log.rebuildBatchSize,
      async makeTables({ name }, schema) {
        const model = projections.find((each) => each.name === name);
        if (model !== undefined) await makeBuildTables(settings.store.databaseUrl, model, schema);
      },
    },
    projections.map(({ projection }) => projection),
  );
}

function observer({ logger, metrics }: Platform): RebuildObserver {
  return {
    state(build, state) {
      logger[state === 'refused' ? 'error' : 'info']({ build: buildName(build), version: build.version, state }, 'rebuild');
    },
    batch({ projection }, { events }) {
      metrics.rebuiltEvents.inc({ projection }, events);
    },
    setAside(build, aside) {
      logger.error({ build: buildName(build), aside }, 'a rebuild has set a stream aside: an event of it could not be worked in');
    },
    settled(build, stream) {
      logger.info({ build: buildName(build), stream }, 'a stream that a rebuild had set aside goes on');
    },
    failure(build, failure) {
      logger.error({ build: buildName(build), failure }, `a rebuild stands still until an operator acts: ${FAILURE_TEXT[failure.code]}`);
    },
    fault(build, error) {
      if (build === null) tellFault(logger, {}, error, 'which rebuilds are under way cannot be told; they are looked up again');
      else tellFault(logger, { build: buildName(build) }, error, 'a rebuild lost its footing; it will be tried again');
    },
  };
}

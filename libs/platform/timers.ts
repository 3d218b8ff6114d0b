import type { Timer } from '@touchline/core';
import { execute } from '@touchline/commands/execute.js';
import type { CommandOutcome, CommandRequest } from '@touchline/event-store';
import { timersProjection } from '@touchline/projections/timers/timers.projection.js';
import type { Regular } from '@touchline/subscriptions';
import type { TimerObserver } from '@touchline/timers';
import { runTimers } from '@touchline/timers';
import { timerDefinitions } from '@touchline/touchpoints/list.js';
import type { Platform } from './platform.js';
import { leasesOf } from './platform.js';
import { tellFault } from './tell-fault.js';

const byKind = new Map(timerDefinitions.map((definition) => [definition.kind, definition]));

/** Fires the timers that are due until drained: each sends the command that its definition names. */
export function startTimers(platform: Platform, everyMs?: number): Regular {
  const { pool, store, checkpoints, builds, clock } = platform;
  return runTimers({
    ...{ pool, store, checkpoints, builds, clock, ...leasesOf(platform) },
    version: timersProjection.version,
    fire: (timer, request) => fire(platform, timer, request),
    observer: observer(platform),
    ...(everyMs !== undefined && { everyMs }),
  });
}

async function fire({ services }: Platform, timer: Timer, request: CommandRequest): Promise<CommandOutcome> {
  const fires = byKind.get(timer.kind)?.fires;
  if (fires === undefined) throw new Error(`there is no timer ${timer.kind}`);
  return execute(services, fires.command, fires.input(timer), { ...request, sites: 'all' });
}

function observer({ logger, metrics }: Platform): TimerObserver {
  return {
    fired({ kind, key, dueAt, tenant }, outcome) {
      metrics.timersFired.inc({ kind, outcome: outcome.kind });
      const refusals = outcome.kind === 'refused' ? outcome.refusals.map(({ code }) => code) : [];
      logger[outcome.kind === 'refused' ? 'info' : 'debug']({ tenant, kind, key, dueAt, refusals }, 'timer fired');
    },
    fault({ kind, key, dueAt, tenant }, error) {
      metrics.timersFired.inc({ kind, outcome: 'fault' });
      tellFault(logger, { tenant, kind, key, dueAt }, error, 'a timer could not be fired; its shard stands, and it will be tried again');
    },
    failed(error) {
      tellFault(logger, {}, error, 'timers could not be looked up; it will be tried again');
    },
  };
}

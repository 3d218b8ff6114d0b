import type { Logger } from '@touchline/observability';
import { CheckpointLost } from '@touchline/subscriptions';

/** A reader's fault in the log. That its rows or its lease are another's by now is how it learns of a switch or a take-over: no fault. */
export function tellFault(logger: Logger, about: object, error: unknown, text: string): void {
  if (error instanceof CheckpointLost) logger.info({ ...about, reason: error.message }, 'a reader gives way, and looks again');
  else logger.warn({ ...about, err: error }, text);
}

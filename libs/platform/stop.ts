import type { Logger } from '@touchline/observability';

/**
 * Resolves when the process is told to stop (SIGTERM, SIGINT); a second time ends it at once. Called before a process says
 * that it is ready: whoever reads that may stop it in the same moment.
 */
export function untilStopped(logger: Logger): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      process.once(signal, () => {
        logger.info({ signal }, 'stopping');
        process.once(signal, () => process.exit(1));
        resolve();
      });
  });
}

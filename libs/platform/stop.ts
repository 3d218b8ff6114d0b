import type { Logger } from '@touchline/observability';

/** Resolves when the process is told to stop (SIGTERM, SIGINT); a second time ends it at once. */
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

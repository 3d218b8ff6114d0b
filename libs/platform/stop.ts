import type { Logger } from '@touchline/observability';

/** `npm start` hands on a signal that the terminal has sent to this process as well. */
const SAME_SIGNAL_MS = 1_000;

/**
 * Resolves when the process is told to stop (SIGTERM, SIGINT); told again, it ends at once. Called before a process says
 * that it is ready: whoever reads that may stop it in the same moment.
 */
export function untilStopped(logger: Logger): Promise<void> {
  return new Promise((resolve) => {
    let toldAt: number | undefined;
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      process.on(signal, () => {
        if (toldAt !== undefined && performance.now() - toldAt > SAME_SIGNAL_MS) process.exit(1);
        if (toldAt !== undefined) return;
        toldAt = performance.now();
        logger.info({ signal }, 'stopping');
        resolve();
      });
  });
}

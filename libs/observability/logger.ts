import type { LoggerService } from '@nestjs/common';
import type { DestinationStream, Logger } from 'pino';
import { pino } from 'pino';
import { REDACTED, secretLogPaths } from '@touchline/config';

export type { Logger } from 'pino';

/** One JSON object a line, UTC times, secrets replaced wherever they might stand. `role` is the process's part. */
export function createLogger(options: { role: string; level: string; destination?: DestinationStream }): Logger {
  const settings = {
    level: options.level,
    base: { role: options.role },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string): { level: string } => ({ level: label }) },
    redact: { paths: [...secretLogPaths, 'headers.authorization', 'authorization', 'password', '*.password'], censor: REDACTED },
  };
  return options.destination === undefined ? pino(settings) : pino(settings, options.destination);
}

/** Lets Nest's own lines go the same way; its start-up chatter is of use at debug only. */
export function nestLogger(logger: Logger): LoggerService {
  const textOf = (message: unknown): string => (message instanceof Error ? message.message : String(message));
  return {
    log: (message: unknown) => logger.debug(textOf(message)),
    warn: (message: unknown) => logger.warn(textOf(message)),
    error: (message: unknown, stack?: unknown) => logger.error(typeof stack === 'string' ? { stack } : {}, textOf(message)),
    fatal: (message: unknown) => logger.fatal(textOf(message)),
    debug: (message: unknown) => logger.trace(textOf(message)),
    verbose: (message: unknown) => logger.trace(textOf(message)),
  };
}

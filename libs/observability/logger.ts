import type { LoggerService } from '@nestjs/common';
import type { DestinationStream, Logger } from 'pino';
import { pino } from 'pino';
import { REDACTED, secretLogPaths } from '@touchline/config';

export type { Logger } from 'pino';

/** An error as a log line has it. */
interface LoggedError {
  type: string;
  message: string;
  stack: string;
  code?: string;
  cause?: LoggedError;
}

const MAX_CAUSES = 5;

/**
 * What an error is, where it arose and what caused it, and nothing else: drivers hang whole connections, statements and
 * their parameters on theirs. Where a database refuses data (SQLSTATE class 22) its text quotes them, so that goes as well.
 */
export function loggedError(error: unknown, causes = MAX_CAUSES): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: '', stack: '' };
  const { code } = error as { code?: unknown };
  const quotesData = typeof code === 'string' && /^22[0-9A-Z]{3}$/.test(code);
  return {
    type: error.constructor.name,
    message: quotesData ? '' : error.message,
    stack: (error.stack ?? '')
      .split('\n')
      .filter((line) => /^\s+at /.test(line))
      .join('\n'),
    ...((typeof code === 'string' || typeof code === 'number') && { code: String(code) }),
    ...(error.cause !== undefined && causes > 0 && { cause: loggedError(error.cause, causes - 1) }),
  };
}

/** One JSON object a line, UTC times, secrets replaced wherever they might stand. `role` is the process's part. */
export function createLogger(options: { role: string; level: string; destination?: DestinationStream }): Logger {
  const settings = {
    level: options.level,
    base: { role: options.role },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: (error: unknown) => loggedError(error) },
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

import { InvalidSettings } from '@touchline/config';
import { LogDenied } from '@touchline/event-store';
import { createLogger } from '@touchline/observability';
import { EmbeddedPostgresError } from '@touchline/postgres';
import { WrongSecret } from '@touchline/sealing';
import { LogMovedAway } from './open-log.js';

/** What an operator can mend, and is told in its own words. */
const PLAIN = [InvalidSettings, EmbeddedPostgresError, WrongSecret, LogMovedAway, LogDenied];

/**
 * What every app's main file runs its work in. A process that cannot start, or stop in good order, says why and ends with
 * code 1: in plain words where the operator can mend it, as a log line where something failed.
 */
export async function runApp(role: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (PLAIN.some((plain) => error instanceof plain)) process.stderr.write(`touchline: ${(error as Error).message}\n`);
    else createLogger({ role, level: 'fatal' }).fatal({ err: error }, 'ended by a fault');
    // What was opened before the fault would keep the process alive.
    process.exit(1);
  }
}

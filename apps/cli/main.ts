#!/usr/bin/env node
import { CommanderError, program } from 'commander';
import { LogBroken } from '@touchline/audit/faults.js';
import { UnreadableHeads } from '@touchline/audit/heads/parse-heads.js';
import { InvalidSettings } from '@touchline/config';
import { MalformedConnectionString } from '@touchline/config/event-store-address.js';
import { EventStoreUnavailable, LogDenied, StreamDamaged } from '@touchline/event-store';
import { MappingFaults, UnreadableFile } from '@touchline/importing';
import { NoSuchTopic, ReadTimeout, TopicDrift, isBrokerFault } from '@touchline/kafka';
import { ForeignEvents, MoveRefused, RestoreRefused, UnknownPositions, UnusableBackup } from '@touchline/moving';
import { LogMovedAway } from '@touchline/platform/open-log.js';
import { isConnectionLoss } from '@touchline/postgres';
import { ToldInOlderForm } from '@touchline/relay/verify-states.js';
import { WrongSecret } from '@touchline/sealing';
import { ErasuresNotSaid, addBackup } from './backup.js';
import { addCheckpoints } from './checkpoints.js';
import { addEnv } from './env.js';
import { UnusableLedger, addErasures } from './erasures.js';
import { addEvidence } from './evidence.js';
import { addImport } from './import.js';
import { EXIT, ofTheSystem } from './exit.js';
import { addIntake } from './intake.js';
import { addKeys } from './keys.js';
import { addLog } from './log.js';
import { SameLog } from './log-copy.js';
import { addOperators } from './operators.js';
import { addProjections } from './projections.js';
import { NoSuchMoment, addReplay } from './replay.js';
import { addTopic } from './topic.js';
import { addUsers } from './users.js';
import { addWords } from './words.js';

/** What was asked for cannot be begun; said in its own words. */
const UNUSABLE = [
  ...[MappingFaults, UnreadableFile, UnreadableHeads, InvalidSettings, WrongSecret, NoSuchMoment, LogMovedAway, SameLog],
  ...[MoveRefused, UnknownPositions, UnusableBackup, RestoreRefused, ErasuresNotSaid, UnusableLedger],
  ...[NoSuchTopic, TopicDrift, ToldInOlderForm, MalformedConnectionString, LogDenied],
];

program
  .name('touchline')
  .description(
    'Command line of the Touchline platform. It works on the database that DATABASE_URL names (docs/configuration.md), or on the platform that npm start runs in this folder.',
  )
  .enablePositionalOptions()
  .exitOverride()
  .showHelpAfterError('(--help tells more)');
addBackup(program);
addCheckpoints(program);
addEnv(program);
addErasures(program);
addEvidence(program);
addImport(program);
addIntake(program);
addKeys(program);
addLog(program);
addOperators(program);
addProjections(program);
addReplay(program);
addTopic(program);
addUsers(program);
addWords(program);

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(EXIT.unread);
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}

/** Says what is wrong, once, without a stack where it is not ours. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.unusable;
  if (error instanceof LogBroken) {
    process.stderr.write(`the log does not hold, and was not signed: ${error.message}\n`);
    return EXIT.reported;
  }
  if (error instanceof StreamDamaged) {
    process.stderr.write(`the log does not hold: ${error.message}\n`);
    return EXIT.reported;
  }
  if (error instanceof EventStoreUnavailable || isConnectionLoss(error)) {
    process.stderr.write(`the log or the database does not answer: ${wordsOf(error)}\n`);
    return EXIT.failed;
  }
  if (error instanceof ForeignEvents) {
    process.stderr.write(`${error.message}\n`);
    return EXIT.reported;
  }
  if (isBrokerFault(error) || error instanceof ReadTimeout) {
    process.stderr.write(`the brokers of KAFKA_BROKERS do not answer as they should: ${error.message}\n`);
    return EXIT.failed;
  }
  const unusable = ofTheSystem(error) || (error instanceof Error && UNUSABLE.some((kind) => error instanceof kind));
  const message = unusable ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${message}\n`);
  return unusable ? EXIT.unusable : EXIT.failed;
}

/** Where a host has several addresses, each has an error of its own and the whole has none. */
function wordsOf(error: unknown): string {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return (first instanceof Error ? first.message : String(first)).replace(/\s+/g, ' ').trim();
}

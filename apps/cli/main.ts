#!/usr/bin/env node
import { CommanderError, program } from 'commander';
import { InvalidSettings } from '@touchline/config';
import { MappingFaults, UnreadableFile } from '@touchline/importing';
import { addImport } from './import.js';
import { EXIT, ofTheSystem } from './exit.js';
import { addUsers } from './users.js';

program
  .name('touchline')
  .description(
    'Command line of the Touchline platform. It works on the database that DATABASE_URL names (docs/configuration.md), or on the platform that npm start runs in this folder.',
  )
  .exitOverride()
  .showHelpAfterError('(--help tells more)');
addImport(program);
addUsers(program);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}

/** Says what is wrong, once, without a stack where it is not ours. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.unusable;
  const unusable = error instanceof MappingFaults || error instanceof UnreadableFile || error instanceof InvalidSettings;
  const message = unusable || ofTheSystem(error) ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${message}\n`);
  return unusable || ofTheSystem(error) ? EXIT.unusable : EXIT.failed;
}

import { Inject } from '@nestjs/common';
import type { ICommandHandler } from '@nestjs/cqrs';
import { Command, CommandHandler } from '@nestjs/cqrs';
import type { CommandOutcome } from '@touchline/event-store';
import type { Input } from './execute.js';
import { execute } from './execute.js';
import type { CommandMetadata, CommandServices } from './services.js';

/** A command as data: it can be logged, stored and sent by its name. */
export class NamedCommand extends Command<CommandOutcome> {
  constructor(
    readonly name: string,
    readonly input: Input,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}

/** Injection token of what every command works with. */
export const COMMAND_SERVICES = Symbol('COMMAND_SERVICES');

@CommandHandler(NamedCommand)
export class NamedCommandHandler implements ICommandHandler<NamedCommand> {
  constructor(@Inject(COMMAND_SERVICES) private readonly services: CommandServices) {}

  execute({ name, input, metadata }: NamedCommand): Promise<CommandOutcome> {
    return execute(this.services, name, input, metadata);
  }
}

import { Inject } from '@nestjs/common';
import type { ICommandHandler } from '@nestjs/cqrs';
import { Command, CommandHandler } from '@nestjs/cqrs';
import type { DecideContext, EventShape } from '@touchline/core';
import type { CommandOrder, CommandOutcome } from '@touchline/event-store';
import { handleCommand } from '@touchline/event-store';
import type { CustomerToErase } from '@touchline/identity';
import type { RevealCommand } from '@touchline/touchpoints/reveal/reveal.decider.js';
import { recordErasure } from './erase.js';
import type { SiteOrder } from './record-at-site.js';
import { recordAtSite } from './record-at-site.js';
import type { JourneyOrder } from './record-on-journey.js';
import { recordOnJourney } from './record-on-journey.js';
import { recordReveal } from './reveal.js';
import { COMMAND_SERVICES } from './named-command.js';
import type { CommandServices, CommandMetadata } from './services.js';

type Run = (services: CommandServices) => Promise<CommandOutcome>;

/** What a decider makes of a request that no command is declared for yet: of sites, users and playbooks, reveals and erasures. */
export class Record extends Command<CommandOutcome> {
  private constructor(readonly run: Run) {
    super();
  }

  /** On a journey, under its playbook and its site's scope. */
  static onJourney<S, C, E extends EventShape, Code extends string>(metadata: CommandMetadata, order: JourneyOrder<S, C, E, Code>): Record {
    return new Record((services) => recordOnJourney(services, metadata, order));
  }

  /** On a record with a stream of its own that belongs to a site: a complaint, an unidentified contact. */
  static atSite<S, C, E extends EventShape, Code extends string>(metadata: CommandMetadata, order: SiteOrder<S, C, E, Code>): Record {
    return new Record((services) => recordAtSite(services, metadata, order));
  }

  /** On any other stream: customer, site, user … */
  static onStream<S, C, E extends EventShape, X extends DecideContext, Code extends string>(
    metadata: CommandMetadata,
    order: Omit<CommandOrder<S, C, E, X, Code>, 'request'>,
  ): Record {
    return new Record((services) => handleCommand(services.deps, { ...order, request: metadata }));
  }

  /** The end of all that is known of a person (domain §13.4). */
  static erasure(metadata: CommandMetadata, order: CustomerToErase): Record {
    return new Record((services) => recordErasure(services, metadata, order));
  }

  /** A look at a customer's data; what it shows is `personAt` the place of the event. */
  static reveal(metadata: CommandMetadata, command: RevealCommand): Record {
    return new Record((services) => recordReveal(services, metadata, command));
  }
}

@CommandHandler(Record)
export class RecordHandler implements ICommandHandler<Record> {
  constructor(@Inject(COMMAND_SERVICES) private readonly services: CommandServices) {}

  execute(command: Record): Promise<CommandOutcome> {
    return command.run(this.services);
  }
}

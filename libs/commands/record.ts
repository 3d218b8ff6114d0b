import { Inject } from '@nestjs/common';
import type { ICommandHandler } from '@nestjs/cqrs';
import { Command, CommandHandler } from '@nestjs/cqrs';
import { v5 as uuidv5 } from 'uuid';
import type { DecideContext, EventShape } from '@touchline/core';
import { streamName } from '@touchline/core';
import type { CommandOrder, CommandOutcome } from '@touchline/event-store';
import { handleCommand } from '@touchline/event-store';
import { contactDecider } from '@touchline/touchpoints/contact/contact.decider.js';
import type { JourneyOpening } from '@touchline/touchpoints/journey/contact.events.js';
import type { TouchpointData } from '@touchline/touchpoints/touchpoint.events.js';
import type { RevealCommand } from '@touchline/touchpoints/reveal/reveal.decider.js';
import type { CustomerOrder } from './customers.js';
import { recordOnCustomer } from './customers.js';
import type { ContactTarget } from './place-contact.js';
import { placeContact } from './place-contact.js';
import type { JourneyOrder } from './record-on-journey.js';
import { recordOnJourney } from './record-on-journey.js';
import { recordReveal } from './reveal.js';
import type { CommandServices, Issuer } from './services.js';

type Run = (services: CommandServices) => Promise<CommandOutcome>;

/** Where a contact was placed: the journey, and what to open it with if this is its first event. */
export interface JourneyPlace {
  journeyId: string;
  opening?: JourneyOpening;
}

/** The one command of the bus: record what a decider makes of a request. HTTP, import and workers all send it. */
export class Record extends Command<CommandOutcome> {
  private constructor(readonly run: Run) {
    super();
  }

  /** On a journey, under its playbook and its site's scope. */
  static onJourney<S, C, E extends EventShape, Code extends string>(issuer: Issuer, order: JourneyOrder<S, C, E, Code>): Record {
    return new Record((services) => recordOnJourney(services, issuer, order));
  }

  /** On any other stream: customer, complaint, site, user … */
  static onStream<S, C, E extends EventShape, X extends DecideContext, Code extends string>(
    issuer: Issuer,
    order: Omit<CommandOrder<S, C, E, X, Code>, 'request'>,
  ): Record {
    return new Record((services) => handleCommand(services.deps, { ...order, request: issuer }));
  }

  /** On a customer, within the sites at which they are known (D4). */
  static onCustomer(issuer: Issuer, order: CustomerOrder): Record {
    return new Record((services) => recordOnCustomer(services, issuer, order));
  }

  /** A look at a customer's data; what it shows is `personAt` the place of the event. */
  static reveal(issuer: Issuer, command: RevealCommand): Record {
    return new Record((services) => recordReveal(services, issuer, command));
  }

  /** A call or visit that left no details: a stream of its own, tied to a customer later if they turn out to be known. */
  static unidentified(issuer: Issuer, siteId: string, occurredAt: string, fact: UnidentifiedFact): Record {
    const contactId = uuidv5('contact', issuer.commandId);
    return Record.onStream(issuer, {
      stream: streamName('contact', issuer.tenant, contactId),
      decider: contactDecider,
      command: { kind: 'record', contactId, siteId, occurredAt, fact },
    });
  }

  /** A contact that may be the first of its customer or its journey, or may have left no details at all. */
  static contact(
    issuer: Issuer,
    target: ContactTarget,
    occurredAt: string,
    as: { onJourney: (place: JourneyPlace) => Record; unidentified: UnidentifiedFact },
  ): Record {
    return new Record(async (services) => {
      const place = await placeContact(services, issuer, target, occurredAt);
      if (place.kind === 'refused') return place;
      return (place.kind === 'journey' ? as.onJourney(place) : Record.unidentified(issuer, place.siteId, occurredAt, as.unidentified)).run(
        services,
      );
    });
  }
}

/** A call or visit of somebody who left no details. */
export interface UnidentifiedFact {
  kind: 'call' | 'visit';
  data: TouchpointData;
}

/** Injection token of what every command works with. */
export const COMMAND_SERVICES = Symbol('COMMAND_SERVICES');

@CommandHandler(Record)
export class RecordHandler implements ICommandHandler<Record> {
  constructor(@Inject(COMMAND_SERVICES) private readonly services: CommandServices) {}

  execute(command: Record): Promise<CommandOutcome> {
    return command.run(this.services);
  }
}

import { Inject } from '@nestjs/common';
import type { ICommandHandler } from '@nestjs/cqrs';
import { Command, CommandHandler } from '@nestjs/cqrs';
import type { DecideContext, EventShape, Rejection } from '@touchline/core';
import { streamName } from '@touchline/core';
import type { CommandOrder, CommandOutcome } from '@touchline/event-store';
import { handleCommand } from '@touchline/event-store';
import type { CustomerToErase } from '@touchline/identity';
import { contactDecider } from '@touchline/touchpoints/contact/contact.decider.js';
import type { QuestionCommand } from '@touchline/touchpoints/customer/question.decider.js';
import type { RevealCommand } from '@touchline/touchpoints/reveal/reveal.decider.js';
import type { TouchpointData } from '@touchline/touchpoints/touchpoint.events.js';
import type { CustomerOrder } from './customers.js';
import { recordOnCustomer } from './customers.js';
import { recordErasure } from './erase.js';
import type { JourneyPlace } from './find-journey.js';
import { askAboutName, settleQuestion } from './identity-questions.js';
import type { About, AboutNamed } from './named.js';
import { aboutNamed } from './named.js';
import type { ContactTarget } from './place-contact.js';
import { placeContact } from './place-contact.js';
import type { SiteOrder } from './record-at-site.js';
import { recordAtSite, rehearseAtSite } from './record-at-site.js';
import type { JourneyOrder } from './record-on-journey.js';
import { recordOnJourney, rehearseOnJourney } from './record-on-journey.js';
import { recordReveal } from './reveal.js';
import type { CommandServices, Issuer } from './services.js';

type Run = (services: CommandServices) => Promise<CommandOutcome>;

/** The one command of the bus: record what a decider makes of a request. HTTP, import and workers all send it. */
export class Record extends Command<CommandOutcome> {
  private constructor(
    readonly run: Run,
    /** What it would be refused for as the first of its stream; of orders that others ask for that. */
    private readonly rehearse: (services: CommandServices) => Promise<Rejection[]> = () => Promise.resolve([]),
  ) {
    super();
  }

  /** On a journey, under its playbook and its site's scope. */
  static onJourney<S, C, E extends EventShape, Code extends string>(issuer: Issuer, order: JourneyOrder<S, C, E, Code>): Record {
    return new Record((services) => recordOnJourney(services, issuer, order));
  }

  /** On a record with a stream of its own that belongs to a site: a complaint, an unidentified contact. */
  static atSite<S, C, E extends EventShape, Code extends string>(issuer: Issuer, order: SiteOrder<S, C, E, Code>): Record {
    return new Record(
      (services) => recordAtSite(services, issuer, order),
      (services) => rehearseAtSite(services, issuer, order),
    );
  }

  /** On any other stream: customer, site, user … */
  static onStream<S, C, E extends EventShape, X extends DecideContext, Code extends string>(
    issuer: Issuer,
    order: Omit<CommandOrder<S, C, E, X, Code>, 'request'>,
  ): Record {
    return new Record((services) => handleCommand(services.deps, { ...order, request: issuer }));
  }

  /** On a customer, within the sites at which they are known (ADR 0013). */
  static onCustomer(issuer: Issuer, order: CustomerOrder): Record {
    return new Record((services) => recordOnCustomer(services, issuer, order));
  }

  /** What a person says of who a customer is, for sites at which the customer is known (ADR 0013). */
  static settlement(issuer: Issuer, command: QuestionCommand): Record {
    return new Record((services) => settleQuestion(services, issuer, command));
  }

  /** The end of all that is known of a person (domain §13.4). */
  static erasure(issuer: Issuer, order: CustomerToErase): Record {
    return new Record((services) => recordErasure(services, issuer, order));
  }

  /** A look at a customer's data; what it shows is `personAt` the place of the event. */
  static reveal(issuer: Issuer, command: RevealCommand): Record {
    return new Record((services) => recordReveal(services, issuer, command));
  }

  /** What a request is about is looked up first. */
  static about(issuer: Issuer, named: AboutNamed, as: (about: About) => Record): Record {
    return new Record(async (services) => {
      const about = await aboutNamed(services, issuer, named, (of) => as(of).rehearse(services));
      return 'refusals' in about ? { kind: 'refused', ...about } : as(about).run(services);
    });
  }

  /** A contact that may be the first of its customer or its journey, or may have left no details at all. */
  static contact<S, C, E extends EventShape, Code extends string>(
    issuer: Issuer,
    target: ContactTarget,
    occurredAt: string,
    as: { onJourney: (place: JourneyPlace) => JourneyOrder<S, C, E, Code>; unidentified: UnidentifiedFact },
  ): Record {
    return new Record(async (services) => {
      const rehearse = (place: JourneyPlace) => rehearseOnJourney(services, issuer, as.onJourney(place));
      const place = await placeContact(services, issuer, target, occurredAt, rehearse);
      switch (place.kind) {
        case 'refused':
          return place;
        case 'journey': {
          const { kind: _, met, read, ...at } = place;
          const outcome = await recordOnJourney(services, issuer, { ...as.onJourney(at), ...(read !== undefined && { read }) });
          if (met !== undefined && outcome.kind === 'recorded') {
            const { customerId, before, ...said } = met;
            await askAboutName(services, issuer, { customerId, before }, { ...said, occurredAt, journeyId: at.journeyId });
          }
          return outcome;
        }
        case 'unidentified':
          return recordAtSite(services, issuer, unidentified(issuer, place, occurredAt, as.unidentified));
      }
    });
  }
}

/** A call or visit of somebody who left no details. */
export interface UnidentifiedFact {
  kind: 'call' | 'visit';
  data: TouchpointData;
  /** Id of the event that this one replaces. */
  corrects?: string;
}

/** It has a stream of its own, tied to a customer later if they turn out to be known. */
const unidentified = (
  issuer: Issuer,
  { contactId, siteId }: { contactId: string; siteId: string },
  occurredAt: string,
  { corrects, ...fact }: UnidentifiedFact,
) => ({
  stream: streamName('contact', issuer.tenant, contactId),
  decider: contactDecider,
  command: { kind: 'record' as const, contactId, siteId, occurredAt, fact, ...(corrects !== undefined && { corrects }) },
  siteId,
  mentions: { responsibleId: fact.data.responsibleId },
});

/** Injection token of what every command works with. */
export const COMMAND_SERVICES = Symbol('COMMAND_SERVICES');

@CommandHandler(Record)
export class RecordHandler implements ICommandHandler<Record> {
  constructor(@Inject(COMMAND_SERVICES) private readonly services: CommandServices) {}

  execute(command: Record): Promise<CommandOutcome> {
    return command.run(this.services);
  }
}

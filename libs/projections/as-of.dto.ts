import { Instant, QueryInt, ReadQuery, ResponseProperty, Text } from '@touchline/http';

/** Questions about another moment than now (ADR 0016). Without either time the live rows answer. */
export class AsOfQuery extends ReadQuery {
  @Instant({ optional: true, description: 'as of what had happened by then' })
  happenedBy?: string;

  @Text({
    optional: true,
    max: 100,
    description: 'as of what was recorded by then: an instant, or a position of the log for exactness',
    example: '2026-03-31T23:59:59+08:00',
  })
  knownBy?: string;

  @QueryInt({ optional: true, min: 0, max: 1000, description: 'most events that an as-of answer names; default 100' })
  events?: number;

  @Text({ optional: true, max: 100, as: 'given', description: '`next` of the events named before' })
  eventsAfter?: string;
}

/** An event that an answer stands on. */
export class EventNamedShown {
  @ResponseProperty(String) eventId!: string;
  @ResponseProperty(String, { example: 'quote-issued' }) type!: string;
  @ResponseProperty(String) occurredAt!: string;
  @ResponseProperty(String) recordedAt!: string;
  @ResponseProperty(String, { description: 'place in the log' }) position!: string;
  @ResponseProperty(String, { nullable: true, description: 'event that it replaces' }) corrects!: string | null;
}

class EventsNamedShown {
  @ResponseProperty(Number) total!: number;
  @ResponseProperty(() => EventNamedShown, { list: true, description: 'in the order of the log' }) items!: EventNamedShown[];
  @ResponseProperty(String, { nullable: true, description: 'give it as `eventsAfter` for those after' }) next!: string | null;
}

export class MomentShown {
  @ResponseProperty(String, { nullable: true, description: 'nothing that happened later counts' }) happenedBy!: string | null;
  @ResponseProperty(String, { nullable: true, description: 'nothing that was recorded later counts' }) knownBy!: string | null;
  @ResponseProperty(String, {
    nullable: true,
    description: 'place up to which the log was read; given as `knownBy` it answers the same again',
  })
  position!: string | null;
}

export class AsOfShown extends MomentShown {
  @ResponseProperty(() => EventsNamedShown, { description: 'what the answer stands on' }) events!: EventsNamedShown;
}

/** In every answer that may be as of another moment; absent where it is as of now. */
export class MaybeAsOf {
  @ResponseProperty(() => AsOfShown, { optional: true, description: 'as of when, and on which events it stands; absent in a live answer' })
  asOf?: AsOfShown;
}

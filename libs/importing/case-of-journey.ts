import { recordOnJourney, rehearseOnJourney } from '@touchline/commands/record-on-journey.js';
import { rehearse } from '@touchline/commands/rehearse.js';
import type { CommandMetadata } from '@touchline/commands/services.js';
import type { RecordedEvent, Rejection } from '@touchline/core';
import { parseStreamName, streamName } from '@touchline/core';
import type { CommandOutcome } from '@touchline/event-store';
import { handleCommand } from '@touchline/event-store';
import type { RecordCommand } from '@touchline/touchpoints/command.js';
import type { JourneyOpening } from '@touchline/touchpoints/journey/contact.rules.js';
import { journeyDecider } from '@touchline/touchpoints/journey/journey.decider.js';
import type { ImportCommands, ImportServices, Named } from './commands.js';
import { complaintCommandOf, complaintOrder, factOrder } from './fact-orders.js';
import type { Fact, SourceJourney } from './facts.js';
import { BufferedEventStore } from './buffered-event-store.js';
import { StreamUnitOfWork } from './stream-unit-of-work.js';
import type { KnownFact } from './tell-apart.js';

/** A fact as the log has it, with its event. */
export interface RecordedFact extends KnownFact {
  event: RecordedEvent;
}

/** Identity is settled before, under claims of its own; only what belongs to the case waits. */
const isOfCase = (stream: string): boolean => ['journey', 'complaint'].includes(parseStreamName(stream)?.category ?? '');

/** One case against the log: what it holds of it, and what is held back until all of it is written. */
export class CaseOfJourney {
  readonly store: BufferedEventStore;
  private readonly streams: StreamUnitOfWork;
  private readonly services: ImportServices['services'];
  private readonly journeyId: string;
  private readonly complaintId: string;
  /** Asked for twice of each fact: whether the log has it, and to record it. */
  private readonly named = new Map<string, Named>();
  private owned = false;

  constructor(
    { services }: ImportServices,
    private readonly commands: ImportCommands,
    readonly key: string,
    readonly journey: SourceJourney,
  ) {
    this.store = new BufferedEventStore(services.deps.streams.store, isOfCase);
    this.streams = new StreamUnitOfWork(this.store, services.deps.registry);
    this.services = { ...services, deps: { ...services.deps, streams: this.streams } };
    this.journeyId = commands.idOf('journey', key);
    this.complaintId = commands.idOf('complaint', key);
  }

  /** What the log has of it: its journey, and its complaint where these facts are about one. */
  async recorded(facts: readonly Fact[]): Promise<{ journey: RecordedEvent[]; complaint: RecordedEvent[] }> {
    const complaints = facts.filter(({ touchpoint }) => complaintCommandOf(touchpoint) !== undefined).length;
    const events = async (stream: string, wanted: boolean): Promise<RecordedEvent[]> =>
      wanted ? (await this.streams.load(stream)).since(-1) : [];
    const [journey, complaint] = await Promise.all([
      events(this.stream, complaints < facts.length),
      events(this.complaintStream, complaints > 0),
    ]);
    return { journey, complaint };
  }

  /** The facts among these events that this source stated. */
  factsOf(events: readonly RecordedEvent[]): RecordedFact[] {
    const owner = this.idOfCommand(this.ownerReference);
    // The last event of a command is the fact itself; before it stands what it needed first.
    const byCommand = new Map(events.filter(({ meta }) => this.commands.isOurs(meta)).map((event) => [event.meta.commandId, event]));
    byCommand.delete(owner);
    return [...byCommand].map(([commandId, event]) => ({
      commandId,
      content: event.meta.requestHash,
      name: this.commands.factNameOf(this.key, event.meta.source?.reference ?? ''),
      kind: kindOf(event),
      occurredAt: event.meta.occurredAt,
      event,
    }));
  }

  /** The owner that the source named when the journey was imported. */
  ownerOf(events: readonly RecordedEvent[]): string | null {
    const owner = this.idOfCommand(this.ownerReference);
    const named = events.find(({ type, meta }) => type === 'journey-owner-assigned' && meta.commandId === owner);
    return typeof named?.data['ownerId'] === 'string' ? named.data['ownerId'] : null;
  }

  idOfCommand(reference: string): string {
    return this.nameOf(reference).commandId;
  }

  referenceOf(name: string, own: string): string {
    return own === '' ? `${this.key}/${name}` : `${this.key}/${name}/${own}`;
  }

  record(fact: Fact, reference: string, content: string, opening: JourneyOpening): Promise<CommandOutcome> {
    const metadata = this.metadata(fact, reference, content);
    const complaint = complaintCommandOf(fact.touchpoint);
    if (complaint === undefined) return recordOnJourney(this.services, metadata, this.orderOf(fact, metadata, opening));
    const { deps } = this.services;
    return handleCommand(deps, { stream: this.complaintStream, request: metadata, ...this.complaintOrder(complaint, fact, opening) });
  }

  /** Why nothing would come of a fact as the first of its journey or complaint; [] where it would be recorded. */
  async rehearse(fact: Fact, reference: string, content: string, opening: JourneyOpening): Promise<Rejection[]> {
    const metadata = this.metadata(fact, reference, content);
    const complaint = complaintCommandOf(fact.touchpoint);
    return complaint === undefined
      ? rehearseOnJourney(this.services, metadata, this.orderOf(fact, metadata, opening))
      : rehearse(this.services, metadata, this.complaintOrder(complaint, fact, opening), {});
  }

  /** The owner the source names, from the first fact on; null where there is nothing to say. */
  async ownedFrom(first: Fact, outcome: Extract<CommandOutcome, { kind: 'recorded' }>): Promise<CommandOutcome | null> {
    const { ownerId } = this.journey;
    if (this.owned || ownerId === undefined || complaintCommandOf(first.touchpoint) !== undefined) return null;
    this.owned = true;
    // Of a journey that was there its owner was told then.
    if (outcome.events.every(({ type }) => type !== 'journey-opened')) return null;
    if (outcome.events.some(({ type, data }) => type === 'journey-owner-assigned' && data['ownerId'] === ownerId)) return null;
    return recordOnJourney(this.services, this.commands.issue(this.nameOf(this.ownerReference), this.commands.contentOf({ ownerId })), {
      journeyId: this.journeyId,
      decider: journeyDecider,
      mentions: { ownerId },
      command: { act: 'assign', journeyId: this.journeyId, ownerId, sourceSince: first.occurredAt },
    });
  }

  /** Writes what was held back. */
  flush(): ReturnType<BufferedEventStore['flush']> {
    return this.streams.flush();
  }

  private metadata(fact: Fact, reference: string, content: string): CommandMetadata {
    const metadata = this.commands.issue(this.nameOf(reference), content);
    return fact.precision === undefined ? metadata : { ...metadata, precision: fact.precision };
  }

  private nameOf(reference: string): Named {
    const named = this.named.get(reference) ?? this.commands.named(reference);
    this.named.set(reference, named);
    return named;
  }

  private get ownerReference(): string {
    return `${this.key}/@owner`;
  }

  private get stream(): string {
    return streamName('journey', this.commands.tenant, this.journeyId);
  }

  private get complaintStream(): string {
    return streamName('complaint', this.commands.tenant, this.complaintId);
  }

  private orderOf(fact: Fact, metadata: CommandMetadata, opening: JourneyOpening): ReturnType<typeof factOrder> {
    const { journeyId, journey } = this;
    return factOrder(fact, journey, { journeyId, occurredAt: fact.occurredAt, opening }, metadata);
  }

  private complaintOrder(command: RecordCommand, fact: Fact, opening: JourneyOpening): ReturnType<typeof complaintOrder> {
    return complaintOrder(command, fact, { id: this.complaintId, about: aboutOf(opening) });
  }
}

const aboutOf = ({ siteId, customerId }: JourneyOpening): { siteId: string; customerId?: string } => ({
  siteId,
  ...(customerId !== undefined && { customerId }),
});

/** As the mapping calls it: a declared touchpoint by its kind, a moved handover as the one it was stated as. */
function kindOf({ type, data }: RecordedEvent): string {
  if (type === 'touchpoint-recorded') return data['kind'] as string;
  return type === 'handover-rescheduled' ? 'handover-scheduled' : type;
}

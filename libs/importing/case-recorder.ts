import { recordOnJourney } from '@touchline/commands/record-on-journey.js';
import type { Issuer, SiteFacts } from '@touchline/commands/services.js';
import type { JsonObject, PlaybookRef, Position, RecordedEvent, Rejection } from '@touchline/core';
import { Turns, identityFault, parseStreamName, streamName } from '@touchline/core';
import type { CommandOutcome } from '@touchline/event-store';
import { AppendOutcomeUnknown, RecentStreams, WrongExpectedRevision, canonicalJson, handleCommand, load } from '@touchline/event-store';
import type { JourneyOpening } from '@touchline/touchpoints/journey/contact.events.js';
import { complaintDecider } from '@touchline/touchpoints/complaint/complaint.decider.js';
import { journeyDecider } from '@touchline/touchpoints/journey/journey.decider.js';
import type { ImportCommands, ImportServices } from './commands.js';
import type { Customers } from './customers.js';
import { complaintCommand, isAboutComplaint, sendFact } from './fact-orders.js';
import type { Case, Fact, SourceJourney } from './facts.js';
import type { Fault } from './faults.js';
import { HeldBackStore } from './held-back-store.js';
import type { ImportedWords } from './imported-words.js';
import { patiently } from './patience.js';

/** What became of a case. */
export interface CaseOutcome {
  recorded: number;
  repeated: number;
  refused: number;
  faults: Fault[];
  /** Rules that imported history broke, by code; noted on its events (D6). */
  deviations: Record<string, number>;
  /** The event recorded or found last, for the checkpoint. */
  last: { position: Position; eventId: string } | null;
}

const MAX_ATTEMPTS = 10;
/** Held back no longer than this: an append has its limit, and so has memory. */
const MAX_HELD_BYTES = 256 * 1024;
/**
 * Most cases wait for the log. Were all the others decided fact by fact in turn, each would be in memory for as long as all
 * of them take; a few, since some wait for a key.
 */
const DECIDED_AT_ONCE = 4;

/** Records the facts of one case one after another, through the deciders that every touchpoint goes through, in one append. */
export class CaseRecorder {
  private readonly deciding = new Turns(DECIDED_AT_ONCE);

  constructor(
    private readonly target: ImportServices,
    private readonly commands: ImportCommands,
    private readonly customers: Customers,
    private readonly playbook: PlaybookRef,
    private readonly words: ImportedWords,
  ) {}

  /**
   * Begins a case; what is answered carries it out. Customers are looked for here: of two cases of one customer, the
   * one that begins first registers them, whichever is recorded first.
   */
  async begin({ key, journey, facts }: Case): Promise<() => Promise<CaseOutcome>> {
    const [first] = facts;
    if (journey === null || first === undefined) return () => Promise.resolve(nothing());
    const { services, mayPass } = this.target;
    const site = await patiently(mayPass, () => services.sites.site(this.commands.tenant, journey.siteId));
    const refusal = this.refusalOf(site, journey);
    if (refusal !== null || site === null) return () => Promise.resolve(refuseAll(facts, refusal === null ? [] : [refusal]));
    await patiently(mayPass, () => this.words.addOf(journey, facts));
    const customer = journey.customer === undefined ? null : this.customers.find(journey.customer, journey, first.occurredAt);
    // Whoever carries it out hears of a failure; nobody may, where the import ends before.
    customer?.catch(() => undefined);
    return async () => {
      const found = await customer;
      if (found !== null && 'refusals' in found) return refuseAll(facts, found.refusals);
      const opening = openingOf(journey, site.unitId, found?.customerId);
      return this.record(key, journey, facts, await patiently(mayPass, () => this.words.opening(opening)));
    };
  }

  private refusalOf(site: SiteFacts | null, { siteId, productLine }: SourceJourney): Rejection | null {
    if (site === null) return identityFault('site.unknown', `there is no site ${siteId}`);
    if (!site.productLines.includes(productLine))
      return identityFault('site.other-product-line', `${siteId} sells ${site.productLines.join(', ')}`);
    const { id, version } = site.playbook;
    return id === this.playbook.id && version === this.playbook.version
      ? null
      : identityFault('site.other-playbook', `${siteId} works by ${id} version ${version}`);
  }

  private async record(key: string, journey: SourceJourney, facts: readonly Fact[], opening: JourneyOpening): Promise<CaseOutcome> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await patiently(this.target.mayPass, () => this.attempt(key, journey, facts, opening));
      } catch (error) {
        // Somebody else wrote the journey, or it is not known whether we did: look again.
        const settled = error instanceof WrongExpectedRevision || error instanceof AppendOutcomeUnknown;
        if (!settled || attempt >= MAX_ATTEMPTS) throw error;
      }
    }
  }

  private async attempt(key: string, journey: SourceJourney, facts: readonly Fact[], opening: JourneyOpening): Promise<CaseOutcome> {
    const { services, dryRun } = this.target;
    const store = new HeldBackStore(services.deps.store, isOfCase);
    // Every fact is decided on all that were before it: what was there is read once, and what is added not at all.
    const recent = new RecentStreams(store);
    const appended = (stream: string, events: readonly RecordedEvent[]): void => recent.keep(stream, [...recent.of(stream), ...events]);
    const deps = { ...services.deps, store, recent, appended };
    const of = new CaseOfJourney({ ...services, deps }, this.commands, key, journey, opening);
    await Promise.all(of.streams(facts).map((stream) => store.read(stream)));
    const outcome = nothing();
    const flush = async (): Promise<void> => {
      // What was held back has its true places only then, and nobody needs it while it is written.
      recent.clear();
      if (!dryRun) outcome.last = (await store.flush()) ?? outcome.last;
    };
    await this.deciding.take(() =>
      this.decide(of, facts, outcome, () => (!dryRun && store.heldBytes > MAX_HELD_BYTES ? flush() : undefined)),
    );
    await flush();
    return outcome;
  }

  private async decide(
    of: CaseOfJourney,
    facts: readonly Fact[],
    outcome: CaseOutcome,
    decided: () => Promise<void> | undefined,
  ): Promise<void> {
    for (const fact of facts) {
      const result = await of.record(fact);
      const owned = result.kind === 'recorded' && !isAboutComplaint(fact.touchpoint) ? await of.ownedFrom(fact, result) : null;
      for (const each of [result, owned])
        if (each?.kind === 'refused') outcome.faults.push(...each.refusals.map((refusal) => faultOf(fact, refusal)));
      if (result.kind === 'refused') outcome.refused += 1;
      else count(outcome, result);
      await decided();
    }
    if (outcome.recorded < facts.length) outcome.faults.push(...(await of.changes(facts)));
  }
}

const nothing = (): CaseOutcome => ({ recorded: 0, repeated: 0, refused: 0, faults: [], deviations: {}, last: null });

/** Identity is settled before, under claims of its own; only what belongs to the case waits. */
const isOfCase = (stream: string): boolean => ['journey', 'complaint'].includes(parseStreamName(stream)?.category ?? '');

function count(outcome: CaseOutcome, result: Extract<CommandOutcome, { kind: 'recorded' }>): void {
  outcome[result.repeated ? 'repeated' : 'recorded'] += 1;
  const last = result.events.at(-1);
  for (const code of last?.meta.deviations ?? []) outcome.deviations[code] = (outcome.deviations[code] ?? 0) + 1;
  if (last !== undefined && result.repeated) outcome.last = { position: last.position, eventId: last.id };
}

const refuseAll = (facts: readonly Fact[], refusals: readonly Rejection[]): CaseOutcome => ({
  ...nothing(),
  refused: facts.length,
  faults: facts.flatMap((fact) => refusals.map((refusal) => faultOf(fact, refusal))),
});

const SOURCE_CHANGED = { reason: 'source.changed', detail: 'imported before, and said something else then' };

/** A fact that was imported before with other content is the source's change, not a key used twice. */
const faultOf = ({ line, name }: Fact, { code, field, detail }: Rejection): Fault => ({
  line,
  column: field === undefined || field === 'Idempotency-Key' ? name : `${name}.${field}`,
  ...(code === 'idempotency.key-reused' ? SOURCE_CHANGED : { reason: code, detail }),
});

/** One case against the log. */
class CaseOfJourney {
  private readonly journeyId: string;
  private owned = false;

  constructor(
    private readonly services: ImportServices['services'],
    private readonly commands: ImportCommands,
    private readonly key: string,
    private readonly journey: SourceJourney,
    private readonly opening: JourneyOpening,
  ) {
    this.journeyId = commands.idOf('journey', key);
  }

  /** What these facts are decided on. */
  streams(facts: readonly Fact[]): string[] {
    const complaints = facts.filter(({ touchpoint }) => isAboutComplaint(touchpoint)).length;
    return [...(complaints < facts.length ? [this.stream] : []), ...(complaints > 0 ? [this.complaintStream] : [])];
  }

  record(fact: Fact): Promise<CommandOutcome> {
    const issuer = this.commands.issue(fact.reference, bodyOf(fact));
    if (isAboutComplaint(fact.touchpoint)) return this.recordOnComplaint(issuer, fact, fact.touchpoint);
    const { journeyId, opening } = this;
    return sendFact({ fact, journey: this.journey, act: { journeyId, occurredAt: fact.occurredAt, opening } }, (order) =>
      recordOnJourney(this.services, issuer, { journeyId, opening, mentions: { responsibleId: fact.responsibleId }, ...order }),
    );
  }

  /** The owner the source names, from the first fact on; null where there is nothing to say. */
  async ownedFrom(first: Fact, outcome: Extract<CommandOutcome, { kind: 'recorded' }>): Promise<CommandOutcome | null> {
    const { ownerId } = this.journey;
    if (this.owned || ownerId === undefined) return null;
    this.owned = true;
    if (outcome.events.some(({ type, data }) => type === 'journey-owner-assigned' && data['ownerId'] === ownerId)) return null;
    return recordOnJourney(this.services, this.commands.issue(`${this.key}/@owner`, { ownerId }), {
      journeyId: this.journeyId,
      decider: journeyDecider,
      mentions: { ownerId },
      command: { act: 'assign', journeyId: this.journeyId, ownerId, sourceSince: first.occurredAt },
    });
  }

  /** What the source says of the journey now, and did not when the journey was opened; that stays as it was. */
  async changes(facts: readonly Fact[]): Promise<Fault[]> {
    const [opened] = await load(this.services.deps, this.stream);
    if (opened?.type !== 'journey-opened') return [];
    const { opening } = this;
    return [...new Set([...Object.keys(opened.data), ...Object.keys(opening)])].flatMap((name) => {
      const [before = null, now = null] = [opened.data[name], (opening as JsonObject)[name]];
      if (canonicalJson(before) === canonicalJson(now)) return [];
      return [{ line: facts[0]?.line ?? 0, column: `journey.${name}`, ...SOURCE_CHANGED }];
    });
  }

  private get stream(): string {
    return streamName('journey', this.commands.tenant, this.journeyId);
  }

  private get complaintId(): string {
    return this.commands.idOf('complaint', this.key);
  }

  private get complaintStream(): string {
    return streamName('complaint', this.commands.tenant, this.complaintId);
  }

  private recordOnComplaint(issuer: Issuer, fact: Fact, touchpoint: Parameters<typeof complaintCommand>[0]): Promise<CommandOutcome> {
    const { complaintId } = this;
    const { siteId, customerId } = this.opening;
    const about = { siteId, ...(customerId !== undefined && { customerId }) };
    return handleCommand(this.services.deps, {
      stream: this.complaintStream,
      decider: complaintDecider,
      command: complaintCommand(touchpoint, fact, complaintId, about),
      request: issuer,
    });
  }
}

function openingOf(
  { siteId, productLine, product, media, attributes }: SourceJourney,
  unitId: string,
  customerId: string | undefined,
): JourneyOpening {
  return {
    siteId,
    unitId,
    productLine,
    // The source's own number for the journey makes its id, so no counting is needed to tell it from others.
    ordinal: 0,
    ...(customerId !== undefined && { customerId }),
    ...(product !== undefined && { product }),
    ...(media !== undefined && { media }),
    ...(Object.keys(attributes).length > 0 && { attributes }),
  };
}

/** What the fact itself says; where it stands in the file is not part of it. */
const bodyOf = ({ touchpoint, occurredAt, channel, direction, responsibleId, note, fields }: Fact) => ({
  channel,
  direction,
  fields,
  ...(note !== undefined && { note }),
  occurredAt,
  responsibleId,
  touchpoint,
});

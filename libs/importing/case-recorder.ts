import type { SiteFacts } from '@touchline/commands/services.js';
import type { RecordedEvent, Rejection } from '@touchline/core';
import { Semaphore, identityFault } from '@touchline/core';
import type { CommandOutcome } from '@touchline/event-store';
import { AppendOutcomeUnknown, WrongExpectedRevision } from '@touchline/event-store';
import type { JourneyOpening } from '@touchline/touchpoints/journey/contact.rules.js';
import type { RecordedFact } from './case-of-journey.js';
import { CaseOfJourney } from './case-of-journey.js';
import type { CaseOutcome } from './case-outcome.js';
import { lastOf, nothing, refuseAll } from './case-outcome.js';
import type { ImportCommands, ImportServices } from './commands.js';
import type { Customers } from './customers.js';
import type { Case, Fact, SourceJourney } from './facts.js';
import type { ImportedWords } from './imported-words.js';
import { Labels } from './labels.js';
import { retryTransient } from './retry-transient.js';
import type { Plan } from './plan.js';
import type { Told } from './tell-apart.js';
import { tellApart } from './tell-apart.js';

const MAX_ATTEMPTS = 10;
/** Held back no longer than this: an append has its limit, and so has memory. */
const MAX_HELD_BYTES = 256 * 1024;
/**
 * Most cases wait for the log. Were all the others decided fact by fact in turn, each would be in memory for as long as all
 * of them take; a few, since some wait for a key.
 */
const DECIDED_AT_ONCE = 4;

/** A fact beside what the log has of it. */
interface Beside {
  fact: Fact;
  content: string;
  told: Told<RecordedFact>;
}

/** A case as the log was found when it was looked at. */
interface Looked {
  of: CaseOfJourney;
  beside: Beside[];
  journey: RecordedEvent[];
  complaint: RecordedEvent[];
}

/** Records the facts of one case one after another, through the deciders that every touchpoint goes through, in one append. */
export class CaseRecorder {
  private readonly deciding = new Semaphore(DECIDED_AT_ONCE);
  private readonly labels: Labels;

  constructor(
    private readonly target: ImportServices,
    private readonly commands: ImportCommands,
    private readonly customers: Customers,
    private readonly plan: Plan,
    private readonly words: ImportedWords,
  ) {
    this.labels = new Labels(plan);
  }

  /** Looks a case up in the log, which several may be at once; what is answered begins it, in turn. */
  lookUp(each: Case): () => Promise<() => Promise<CaseOutcome>> {
    const { key, journey, facts } = each;
    if (journey === null || facts.length === 0) return () => Promise.resolve(() => Promise.resolve(nothing()));
    const looking = retryTransient(this.target.mayPass, () => this.look(key, journey, facts));
    // Whoever begins it hears of a failure; nobody may, where the import ends before.
    looking.catch(() => undefined);
    return () => this.begin(each, journey, looking);
  }

  /**
   * Begins a case; what is answered carries it out. Customers are looked for here: of two cases of one customer, the
   * one that begins first registers them, whichever is recorded first. Nobody is registered for a case that is in the log
   * already, or of which nothing would be recorded.
   */
  private async begin({ key, facts }: Case, journey: SourceJourney, looking: Promise<Looked>): Promise<() => Promise<CaseOutcome>> {
    const { services, mayPass } = this.target;
    const site = await retryTransient(mayPass, () => services.sites.site(this.commands.tenant, journey.siteId));
    const refusal = this.refusalOf(site, journey);
    if (refusal !== null || site === null) return () => Promise.resolve(refuseAll(this.labels, facts, refusal === null ? [] : [refusal]));
    const looked = await looking;
    const outcome = nothing();
    const stated = openingOf(journey, site.unitId);
    const [opened] = looked.journey;
    const isThere = opened !== undefined || looked.complaint.length > 0;
    const refusals = isThere ? null : await retryTransient(mayPass, () => this.rehearse(looked, stated));
    if (refusals !== null) return () => Promise.resolve(refusals);
    await retryTransient(mayPass, () => this.words.addOf(opened === undefined ? stated : null, facts));
    const opening = await retryTransient(mayPass, () => this.words.opening(stated));
    if (isThere) {
      const customerId = opened === undefined ? looked.complaint[0]?.meta.subjects.customer : customerIdOf(looked.journey);
      return () => this.carryOut(looked, { ...opening, ...(customerId !== undefined && { customerId }) }, outcome);
    }
    const customer = this.customers.find(key, journey, facts[0]?.occurredAt ?? '', outcome);
    // Whoever carries it out hears of a failure; nobody may, where the import ends before.
    customer.catch(() => undefined);
    return async () => {
      const found = await customer;
      if ('refusals' in found) return refuseAll(this.labels, facts, found.refusals);
      const { customerId } = found;
      return this.carryOut(looked, { ...opening, ...(customerId !== undefined && { customerId }) }, outcome);
    };
  }

  private refusalOf(site: SiteFacts | null, { siteId, productLine }: SourceJourney): Rejection | null {
    if (site === null) return identityFault('site.unknown', `there is no site ${siteId}`, 'siteId');
    if (!site.productLines.includes(productLine))
      return identityFault('site.other-product-line', `${siteId} sells ${site.productLines.join(', ')}`, 'productLine');
    const { id, version } = site.playbook;
    const { playbook } = this.plan;
    return id === playbook.id && version === playbook.version
      ? null
      : identityFault('site.other-playbook', `${siteId} works by ${id} version ${version}`, 'siteId');
  }

  private async look(key: string, journey: SourceJourney, facts: readonly Fact[]): Promise<Looked> {
    const of = new CaseOfJourney(this.target, this.commands, key, journey);
    const recorded = await of.recorded(facts);
    const known = of.factsOf([...recorded.journey, ...recorded.complaint]);
    const contents = facts.map((fact) => this.commands.contentOf(bodyOf(fact)));
    const identities = facts.map(({ name, reference, each, touchpoint, occurredAt }, index) => ({
      content: contents[index] ?? '',
      name,
      ...(reference !== undefined && { reference }),
      each,
      kind: touchpoint,
      occurredAt,
    }));
    const told = tellApart(identities, known, (name, own) => of.idOfCommand(of.referenceOf(name, own)));
    const beside = facts.map((fact, index) => ({
      fact,
      content: contents[index] ?? '',
      told: told[index] ?? { is: 'new' as const, nth: 1 },
    }));
    return { of, beside, ...recorded };
  }

  /** Null where at least one fact of a case that is not there yet would be recorded; else what becomes of it. */
  private async rehearse({ of, beside }: Looked, opening: JourneyOpening): Promise<CaseOutcome | null> {
    const outcome = nothing();
    for (const each of beside) {
      const { fact, told } = each;
      if (told.is === 'new') {
        const found = await of.rehearse(fact, referenceOf(of, each), each.content, opening);
        const refusals = found.filter(({ code }) => !(this.words.adds && code === 'word.unknown'));
        if (refusals.length === 0) return null;
        outcome.facts.refused += 1;
        outcome.faults.push(...refusals.map((refusal) => this.labels.refusal(fact, refusal)));
      } else this.notRecorded(fact, told, outcome);
    }
    return outcome;
  }

  private async carryOut(looked: Looked, opening: JourneyOpening, begun: CaseOutcome): Promise<CaseOutcome> {
    let ground: Looked | null = looked;
    const { key, journey } = looked.of;
    const facts = looked.beside.map(({ fact }) => fact);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await retryTransient(this.target.mayPass, async () => {
          const on = ground ?? (await this.look(key, journey, facts));
          ground = null;
          return this.attempt(on, opening, structuredClone(begun));
        });
      } catch (error) {
        // Somebody else wrote the journey, or it is not known whether we did: look again.
        const settled = error instanceof WrongExpectedRevision || error instanceof AppendOutcomeUnknown;
        if (!settled || attempt >= MAX_ATTEMPTS) throw error;
      }
    }
  }

  private async attempt(looked: Looked, opening: JourneyOpening, outcome: CaseOutcome): Promise<CaseOutcome> {
    const { of, journey, complaint } = looked;
    const { dryRun } = this.target;
    outcome.last = latest(lastOf(journey), lastOf(complaint));
    const flush = async (): Promise<void> => {
      if (!dryRun) outcome.last = (await of.flush()) ?? outcome.last;
    };
    await this.deciding.run(() =>
      this.decide(looked, opening, outcome, () => (!dryRun && of.store.heldBytes > MAX_HELD_BYTES ? flush() : undefined)),
    );
    outcome.faults.push(...(await this.changesOfJourney(looked, opening)));
    await flush();
    return outcome;
  }

  private async decide({ of, beside }: Looked, opening: JourneyOpening, outcome: CaseOutcome, decided: () => Promise<void> | undefined) {
    for (const each of beside) {
      if (each.told.is === 'new') {
        await this.record(of, each, opening, outcome);
        await decided();
      } else this.notRecorded(each.fact, each.told, outcome);
    }
  }

  private notRecorded(fact: Fact, told: Exclude<Told<RecordedFact>, { is: 'new' }>, { facts, faults }: CaseOutcome): void {
    switch (told.is) {
      case 'known':
        facts.repeated += 1;
        break;
      case 'said-twice':
        facts.saidTwice += 1;
        break;
      case 'changed':
        facts.changed += 1;
        faults.push(...this.labels.changes(fact, told.as.event));
        break;
      case 'ambiguous':
        facts.refused += 1;
        faults.push(this.labels.ambiguous(fact));
    }
  }

  private async record(of: CaseOfJourney, each: Beside, opening: JourneyOpening, outcome: CaseOutcome): Promise<void> {
    const { fact, content } = each;
    const result = await of.record(fact, referenceOf(of, each), content, opening);
    const owned = result.kind === 'recorded' ? await of.ownedFrom(fact, result) : null;
    for (const one of [result, owned])
      if (one?.kind === 'refused') outcome.faults.push(...one.refusals.map((refusal) => this.labels.refusal(fact, refusal)));
    if (result.kind === 'refused') outcome.facts.refused += 1;
    else count(outcome, result);
  }

  /** What the source says of the journey now, and did not when it was opened; that stays as it was. */
  private async changesOfJourney({ of, journey: events }: Looked, opening: JourneyOpening) {
    const { journey } = of;
    const [opened] = events;
    if (opened?.type !== 'journey-opened') return [];
    const owner = of.ownerOf(events);
    const faults = [...this.labels.changesOfJourney(journey, opened.data as JourneyOpening, opening), ...this.customers.faultsOf(journey)];
    if (owner !== null && journey.ownerId !== undefined && owner !== journey.ownerId)
      faults.push(this.labels.ownerChanged(journey, owner, journey.ownerId));
    if (await this.customers.isAnother(journey, opening.customerId)) faults.push(this.labels.customerChanged(journey));
    return faults;
  }
}

function referenceOf(of: CaseOfJourney, { fact, content, told }: Beside): string {
  if (fact.reference !== undefined) return of.referenceOf(fact.name, fact.reference);
  const nth = told.is === 'new' && told.nth > 1 ? `.${told.nth}` : '';
  return of.referenceOf(fact.name, content.slice(0, CONTENT_SHOWN) + nth);
}

/** Hex digits of the content that a reference shows: enough that no two facts of a case share them. */
const CONTENT_SHOWN = 16;

function count(outcome: CaseOutcome, result: Extract<CommandOutcome, { kind: 'recorded' }>): void {
  outcome.facts[result.repeated ? 'repeated' : 'recorded'] += 1;
  if (!result.repeated) outcome.effects.journeysOpened += result.events.filter(({ type }) => type === 'journey-opened').length;
  for (const code of result.events.at(-1)?.meta.deviations ?? []) outcome.deviations[code] = (outcome.deviations[code] ?? 0) + 1;
}

function latest(a: CaseOutcome['last'], b: CaseOutcome['last']): CaseOutcome['last'] {
  return a === null || (b !== null && b.position > a.position) ? b : a;
}

/** Whose the journey is by now. */
function customerIdOf(events: readonly RecordedEvent[]): string | undefined {
  const told = events.findLast(({ type }) => type === 'journey-identified') ?? events.find(({ type }) => type === 'journey-opened');
  return typeof told?.data['customerId'] === 'string' ? told.data['customerId'] : undefined;
}

function openingOf({ siteId, productLine, product, media, attributes }: SourceJourney, unitId: string): JourneyOpening {
  return {
    siteId,
    unitId,
    productLine,
    // The source's own number for the journey makes its id, so no counting is needed to tell it from others.
    ordinal: 0,
    ...(product !== undefined && { product }),
    ...(media !== undefined && { media }),
    ...(Object.keys(attributes).length > 0 && { attributes }),
  };
}

/** What the fact itself says; where it stands in the file is not part of it. */
const bodyOf = ({ touchpoint, statedAt, channel, direction, responsibleId, note, fields }: Fact) => ({
  channel,
  direction,
  fields,
  ...(note !== undefined && { note }),
  occurredAt: statedAt,
  responsibleId,
  touchpoint,
});

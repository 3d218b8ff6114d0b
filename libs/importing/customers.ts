import { StreamRepository } from '@touchline/event-store';
import { askAboutName } from '@touchline/commands/identity-questions.js';
import type { Rejection } from '@touchline/core';
import { folded, streamName, wordKey } from '@touchline/core';
import { identifierDigest, readIdentifiers } from '@touchline/identity';
import { settleIdentity } from '@touchline/identity/identify.js';
import { digest } from '@touchline/sealing';
import type { CustomerIdentified } from '@touchline/touchpoints/customer/customer.events.js';
import type { CustomerStanding } from '@touchline/touchpoints/customer/customer.fold.js';
import { customerFold } from '@touchline/touchpoints/customer/customer.fold.js';
import type { CaseOutcome } from './case-outcome.js';
import type { ImportCommands, ImportServices } from './commands.js';
import type { SourceCustomer, SourceJourney } from './facts.js';
import type { Fault } from './faults.js';
import { BufferedEventStore } from './buffered-event-store.js';
import { Labels } from './labels.js';
import { retryTransient } from './retry-transient.js';
import type { Plan } from './plan.js';

/** `customerId` is absent where the journey is opened unidentified. */
export type FoundCustomer = { customerId?: string } | { refusals: Rejection[] };

type Settled = { customerId: string; created: boolean } | { refusals: Rejection[] };

/** Customers held in memory; the least recently added goes first. */
const HELD = 10_000;

/** Digits that a reference shows of an identifier's digest. */
const DIGEST_SHOWN = 16;

/**
 * Finds or registers the customers of a source (ADR 0043), under a command of the case: a number names whoever has it when the
 * case is recorded, which need not be whom it named before. Cases of one customer wait for the first that asked, so that
 * one registers them in every run, however many cases are under way.
 */
export class Customers {
  private readonly known = new Map<string, Promise<Settled>>();
  /** Digests of names that are their customer's own, or were asked about. */
  private readonly heard = new Map<string, true>();
  private readonly standings = new Map<string, Promise<CustomerStanding>>();
  private readonly labels: Labels;
  private readonly placeholders: ReadonlySet<string>;

  constructor(
    private readonly target: ImportServices,
    private readonly commands: ImportCommands,
    private readonly plan: Plan,
  ) {
    this.labels = new Labels(plan);
    const map = plan.mapping.journey.customer;
    const by = map?.phone === undefined ? 'identifier' : 'phone';
    this.placeholders = new Set((map?.placeholders ?? []).map((text) => this.comparable({ [by]: text })));
  }

  /** The customer of a case; what was done for one, and what is wrong with what is said of them, is noted in the outcome. */
  async find(caseKey: string, journey: SourceJourney, occurredAt: string, outcome: CaseOutcome): Promise<FoundCustomer> {
    const { customer, line } = journey;
    const { effects } = outcome;
    const map = this.plan.mapping.journey.customer;
    if (customer === undefined) {
      effects.customersMissing += 1;
      return {};
    }
    if (this.isPlaceholder(customer)) {
      if (map?.whenMissing === 'report') return { refusals: [PLACEHOLDER] };
      effects.customersPlaceholder += 1;
      return {};
    }
    const read = this.read(customer);
    if ('refusals' in read) {
      if ((map?.whenInvalid ?? map?.whenMissing) === 'report') return read;
      effects.customersInvalid += 1;
      outcome.faults.push(...read.refusals.map((refusal) => this.labels.customer(line, refusal)));
      return {};
    }
    const { identifier } = read;
    const known = this.known.get(identifier.digest);
    const settled = known ?? retryTransient(this.target.mayPass, () => this.settle(caseKey, identifier, customer, journey, occurredAt));
    if (known === undefined) hold(this.known, identifier.digest, settled);
    const found = await settled;
    if ('customerId' in found) {
      const isNew = found.created && known === undefined;
      effects[isNew ? 'customersRegistered' : 'customersFound'] += 1;
      if (customer.name !== undefined)
        await this.hear(caseKey, { customerId: found.customerId, name: customer.name, isNew }, journey.siteId);
    }
    return found;
  }

  /** What a source says of whoever is known is kept and asked about, once for each name (ADR 0037). */
  private async hear(caseKey: string, said: { customerId: string; name: string; isNew: boolean }, siteId: string): Promise<void> {
    const { customerId, name, isNew } = said;
    const { services, identity, mayPass, dryRun } = this.target;
    const heard = digest(identity.secret, 'stated-name', customerId, wordKey(name));
    if (this.heard.has(heard)) return;
    hold(this.heard, heard, true);
    if (isNew || dryRun === true) return;
    const request = this.commands.issue(`question/${heard}`, this.commands.contentOf({ customerId }));
    const journeyId = this.commands.idOf('journey', caseKey);
    const occurredAt = await services.deps.clock.now();
    await retryTransient(mayPass, () =>
      askAboutName(services, request, { customerId }, { occurredAt, siteId, journeyId, stated: { name } }),
    );
  }

  /** What is wrong with the number of a case that was recorded without it. */
  faultsOf({ customer, line }: SourceJourney): Fault[] {
    if (customer === undefined || this.isPlaceholder(customer)) return [];
    const read = this.read(customer);
    return 'refusals' in read ? read.refusals.map((refusal) => this.labels.customer(line, refusal)) : [];
  }

  /** True where the source names somebody by now who is not the customer the case was recorded with, and never was. */
  async isAnother({ customer }: SourceJourney, customerId: string | undefined): Promise<boolean> {
    if (customer === undefined || this.isPlaceholder(customer)) return false;
    const read = this.read(customer);
    if ('refusals' in read) return false;
    if (customerId === undefined) return true;
    const { digest } = read.identifier;
    const standing = await this.standingOf(customerId);
    return !standing.erased && standing.identifiers[digest] === undefined && standing.givenUp[digest] === undefined;
  }

  private standingOf(customerId: string): Promise<CustomerStanding> {
    const known = this.standings.get(customerId);
    if (known !== undefined) return known;
    const { deps } = this.target.identity;
    const stream = streamName('customer', this.commands.tenant, customerId);
    const standing = retryTransient(this.target.mayPass, async () => folded(customerFold, await deps.streams.events(stream)));
    hold(this.standings, customerId, standing);
    return standing;
  }

  private isPlaceholder(customer: SourceCustomer): boolean {
    return this.placeholders.size > 0 && this.placeholders.has(this.comparable(customer));
  }

  /** In its one form, where it has one; else as it is written. */
  private comparable({ phone, identifier = '' }: SourceCustomer): string {
    const read = phone === undefined ? null : this.read({ phone });
    if (read !== null && 'identifier' in read) return read.identifier.value;
    return (phone ?? identifier).normalize('NFKC').trim().toLowerCase();
  }

  /** The identifier in its one form; what is no telephone number is refused. */
  private read({ phone, identifier = '' }: SourceCustomer): { identifier: CustomerIdentified } | { refusals: Rejection[] } {
    const { secret } = this.target.identity;
    const { tenant, source } = this.plan.mapping;
    if (phone === undefined) {
      const kind = `source:${source}` as const;
      return { identifier: { kind, digest: identifierDigest(secret, tenant, kind, identifier), value: identifier } };
    }
    const read = readIdentifiers(secret, tenant, [{ kind: 'phone', value: phone }]);
    if ('faults' in read)
      return { refusals: read.faults.map(({ code, detail }): Rejection => ({ code, kind: 'form', detail, field: 'customer' })) };
    const [only] = read.identifiers;
    if (only === undefined) throw new Error('an identifier was neither read nor refused');
    return { identifier: only };
  }

  private async settle(
    caseKey: string,
    identifier: CustomerIdentified,
    { name }: SourceCustomer,
    { siteId, media }: SourceJourney,
    occurredAt: string,
  ): Promise<Settled> {
    const details = {
      kind: this.plan.mapping.journey.customer?.customerType ?? 'person',
      siteId,
      ...(name !== undefined && { name }),
      ...(media !== undefined && { media }),
    };
    const reference = `customer/${caseKey}/${identifier.digest.slice(0, DIGEST_SHOWN)}`;
    const request = this.commands.issue(reference, this.commands.contentOf({ customer: identifier.digest }));
    const { identity, dryRun } = this.target;
    const { streams, registry } = identity.deps;
    const deps = dryRun
      ? { ...identity.deps, streams: new StreamRepository(new BufferedEventStore(streams.store), registry) }
      : identity.deps;
    const settled = await settleIdentity({ ...identity, deps }, request, {
      identifiers: [identifier],
      goal: { kind: 'find-or-register', details },
      occurredAt,
    });
    if (settled.kind === 'refused') return settled;
    const { customerId, created, outcome } = settled;
    return { customerId, created: created && outcome?.kind === 'recorded' && !outcome.repeated };
  }
}

const PLACEHOLDER: Rejection = {
  code: 'customer.placeholder',
  kind: 'form',
  detail: 'the mapping says that this stands for nobody',
  field: 'customer',
};

function hold<T>(held: Map<string, T>, key: string, value: T): void {
  held.set(key, value);
  const [oldest] = held.keys();
  if (held.size > HELD && oldest !== undefined) held.delete(oldest);
}

import type { Rejection } from '@touchline/core';
import { identifierDigest, readIdentifiers } from '@touchline/identity';
import { settleIdentity } from '@touchline/identity/identify.js';
import type { CustomerIdentified } from '@touchline/touchpoints/customer/customer.events.js';
import type { ImportCommands, ImportServices } from './commands.js';
import type { SourceCustomer, SourceJourney } from './facts.js';
import { HeldBackStore } from './held-back-store.js';
import type { Mapping } from './mapping/mapping.js';
import { patiently } from './patience.js';

export type FoundCustomer = { customerId: string } | { refusals: Rejection[] };

/** Customers held in memory; the least recently added goes first. */
const HELD = 10_000;

/**
 * Finds or registers the customers of a source (D3). Cases of one customer wait for the first that asked, so that one
 * registers them in every run, however many cases are under way.
 */
export class Customers {
  private readonly known = new Map<string, Promise<FoundCustomer>>();

  constructor(
    private readonly target: ImportServices,
    private readonly commands: ImportCommands,
    private readonly mapping: Mapping,
  ) {}

  find(customer: SourceCustomer, journey: SourceJourney, occurredAt: string): Promise<FoundCustomer> {
    const read = this.read(customer);
    if ('refusals' in read) return Promise.resolve(read);
    const { identifier } = read;
    const known = this.known.get(identifier.digest);
    if (known !== undefined) return known;
    const found = patiently(this.target.mayPass, () => this.settle(identifier, customer, journey, occurredAt));
    this.known.set(identifier.digest, found);
    const [oldest] = this.known.keys();
    if (this.known.size > HELD && oldest !== undefined) this.known.delete(oldest);
    return found;
  }

  /** The identifier in its one form; what is no telephone number is refused. */
  private read({ phone, identifier = '' }: SourceCustomer): { identifier: CustomerIdentified } | { refusals: Rejection[] } {
    const { secret } = this.target.identity;
    const { tenant, source } = this.mapping;
    if (phone === undefined) {
      const kind = `source:${source}` as const;
      return { identifier: { kind, digest: identifierDigest(secret, tenant, kind, identifier), value: identifier } };
    }
    const read = readIdentifiers(secret, tenant, [{ kind: 'phone', value: phone }]);
    if ('faults' in read)
      return { refusals: read.faults.map(({ code, detail }): Rejection => ({ code, kind: 'form', detail, field: 'customer.phone' })) };
    const [only] = read.identifiers;
    if (only === undefined) throw new Error('an identifier was neither read nor refused');
    return { identifier: only };
  }

  private async settle(
    identifier: CustomerIdentified,
    { name }: SourceCustomer,
    { siteId, media }: SourceJourney,
    occurredAt: string,
  ): Promise<FoundCustomer> {
    const details = {
      kind: this.mapping.journey.customer?.kind ?? 'person',
      siteId,
      ...(name !== undefined && { name }),
      ...(media !== undefined && { media }),
    };
    const request = this.commands.issue(`customer/${identifier.digest}`, { customer: identifier.digest });
    const { identity, dryRun } = this.target;
    const deps = dryRun ? { ...identity.deps, store: new HeldBackStore(identity.deps.store) } : identity.deps;
    const settled = await settleIdentity({ ...identity, deps }, request, {
      identifiers: [identifier],
      goal: { kind: 'find-or-register', details },
      occurredAt,
    });
    return settled.kind === 'refused' ? settled : { customerId: settled.customerId };
  }
}

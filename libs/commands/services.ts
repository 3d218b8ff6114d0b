import type { PlaybookRef, Position, RecordedEvent, Rejection, Role, SiteScope } from '@touchline/core';
import type { CommandDeps, CommandOutcome, CommandRequest } from '@touchline/event-store';
import type { CustomerToErase, FurtherIdentifiers, Identified, IdentifierToRemove, NewCustomer, StreamsFound } from '@touchline/identity';
import type { Playbooks } from '@touchline/playbooks';
import type { Sender, StreamCommand } from '@touchline/touchpoints/command.js';
import type { CustomerStanding } from '@touchline/touchpoints/customer/customer.fold.js';

/** A command's sender, with the sites it may act on (domain §1.2). */
export interface CommandMetadata extends CommandRequest {
  sites: SiteScope;
  /** Where a rule depends on them. */
  roles?: readonly Role[];
}

/** What a decider is told of whoever sends. */
export const senderOf = ({ actor, roles = [] }: Pick<CommandMetadata, 'actor' | 'roles'>): Sender => ({ id: actor.id, roles });

/** What commands need to know of a site. */
export interface SiteFacts {
  unitId: string;
  name: string;
  /** IANA time zone. */
  zone: string;
  playbook: PlaybookRef;
  /** At least one; the first is meant where a contact names none. */
  productLines: readonly string[];
  open: boolean;
}

export interface Sites {
  site(tenant: string, siteId: string): Promise<SiteFacts | null>;
}

export interface Users {
  /** Null for somebody the group does not know. */
  user(tenant: string, userId: string): Promise<{ active: boolean; sites: SiteScope } | null>;
}

/** Who administers the whole group. */
export interface Administrators {
  /** Nobody else of any process does the like in the group meanwhile. */
  alone<T>(tenant: string, work: () => Promise<T>): Promise<T>;
  /** Whether it is nobody but this user. `caller`: may not be shown yet. */
  isLast(tenant: string, userId: string, caller: string): Promise<boolean>;
}

/** A person as a contact names them. `phone` as typed. */
export interface PersonNamed {
  name?: string;
  phone: string;
  gender?: 'f' | 'm' | 'other';
  formOfAddress?: string;
}

/**
 * Finds or registers the customer behind a phone number (ADR 0043); nobody is registered for a request that `refusedFor` says
 * comes to nothing.
 */
export type Identify = (
  metadata: CommandMetadata,
  met: {
    person: PersonNamed;
    siteId: string;
    occurredAt: string;
    refusedFor: (customerId: string) => Promise<Rejection[]>;
    theirs: (customerId: string, recorded: CustomerStanding) => Promise<boolean>;
    metElsewhere: (elsewhere: readonly string[], customerId: string) => Promise<void>;
  },
) => Promise<Identified | { refusals: Rejection[] }>;

/** Customers and what they are found by; every step idempotent under the command's id (ADR 0043). */
export interface Customers {
  register(metadata: CommandMetadata, order: NewCustomer): Promise<CommandOutcome>;
  addIdentifiers(metadata: CommandMetadata, order: FurtherIdentifiers): Promise<CommandOutcome>;
  removeIdentifier(metadata: CommandMetadata, order: IdentifierToRemove): Promise<CommandOutcome>;
  /** Sites at which the customer is known, as far as the read model shows; what it shows stays true (ADR 0041). */
  sitesOf(tenant: string, customerId: string): Promise<readonly string[]>;
  /** Streams that tell of the customer, as far as the read model shows; with `upTo` once it shows that, or in vain. */
  streamsOf(tenant: string, customerId: string, upTo?: Position): Promise<StreamsFound>;
  /** Erases the person for good (domain §13.4). */
  erase(metadata: CommandMetadata, order: CustomerToErase): Promise<CommandOutcome>;
  /** Does what is left of an erasure that was cut short; it is put off where that cannot be known in time. */
  takeUpErasure(metadata: CommandMetadata, customerId: string): Promise<CommandOutcome>;
  /** Whether nothing of an erasure is left to do. */
  erasureComplete(tenant: string, customerId: string): Promise<boolean>;
}

/** Everything the handlers of commands work with. */
export interface CommandServices {
  deps: CommandDeps;
  playbooks: Playbooks;
  sites: Sites;
  users: Users;
  administrators: Administrators;
  identify: Identify;
  customers: Customers;
  /** Whoever keeps what is read of a record of the group reads it anew. */
  changed(category: StreamCommand['category'], tenant: string, id: string): Promise<void>;
  /** The same events with their personal fields in clear, or marked as erased (ADR 0008). */
  open(events: readonly RecordedEvent[]): Promise<RecordedEvent[]>;
}

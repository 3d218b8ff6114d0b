import type { DecideContext, Decider, EventShape, Fields, Form, JsonObject, Permission, PlaybookRef, Role } from '@touchline/core';
import type { ActOnJourney, ContactRules } from './journey/contact.rules.js';
import type { Channel } from './touchpoint.events.js';

// A command is data: a name, a form, who may send it, and the decider that says what comes of it. Routes, messages, imports and the
// demonstration all send commands by these definitions, which `declare.ts` makes (ADR 0047).

/** Codes that the placing of a command refuses with, beside those of its decider. */
export type PlacingCode =
  | 'contact.already-recorded'
  | 'contact.site-missing'
  | 'contact.unknown'
  | 'customer.erased'
  | 'customer.unknown'
  | 'journey.owner-elsewhere'
  | 'journey.unknown'
  | 'phone.invalid'
  | 'phone.extension'
  | 'playbook.unknown'
  | 'identifier.shared'
  | 'site.closed'
  | 'site.other-product-line'
  | 'site.unknown'
  | 'unit.unknown'
  | 'user.deactivated'
  | 'user.unknown'
  | 'word.unknown';

/** Where the sender says nothing. */
export interface Stated {
  channel: Channel;
  direction: 'in' | 'out';
}

/** What a decider may know of whoever sends. */
export interface Sender {
  /** Id of the user, or the name of a system. */
  id: string;
  roles: readonly Role[];
}

/** What is acted on, and when. `opening` where it may be the first of its journey. */
export interface JourneyAct extends ActOnJourney {
  corrects?: string;
  claimant?: string;
}

export interface RecordAct {
  id: string;
  occurredAt: string;
  corrects?: string;
  /** What a record that begins is about; absent where one that is there is named. */
  about?: About;
}

export interface About {
  siteId: string;
  customerId?: string;
  journeyId?: string;
}

export interface CustomerAct {
  customerId: string;
  occurredAt: string;
  corrects?: string;
}

/** What other records of the group tell a decision: what never reverts (ADR 0041), and who administers. */
export interface Known {
  unit(unitId: string): Promise<boolean>;
  site(siteId: string): Promise<boolean>;
  playbook(ref: PlaybookRef): Promise<boolean>;
  /** Whether nobody but this user administers the whole group. */
  lastAdministrator(userId: string): Promise<boolean>;
}

/** How a command is called over HTTP. */
export interface Route {
  /** Under which the OpenAPI document has it. */
  operation: `${string}_${string}`;
  path: string;
  tag: string;
  summary: string;
  who: Permission;
  /** What stands in the address. */
  params?: Form;
  /** The answer tells the id of the record beside what was recorded: its name in the document, and its field. */
  answers?: { name: string; id: string };
}

/** What a command is, whichever decider it has. Without a route where that does more than record: a controller of its own sends it. */
interface Erased<Code extends string> extends Partial<Route> {
  /** As the event that it leads to is stored; messages and mappings name it so, for ever. */
  name: string;
  /** Taken as a message of another system, too. */
  taken?: true;
  refusals: readonly Code[];
  form: Form;
  /** What becomes of the request data of the event. */
  fields: Fields;
  /** Fields as imported history may state them, where it may lack what a request may not. */
  history?: Fields;
  /** Fields that name somebody of the group. */
  users: readonly string[];
}

type AnyDecider<Context> = Decider<unknown, unknown, EventShape, Context>;
export type JourneyContext = DecideContext & ContactRules;

/** On a journey that is there. */
export interface JourneyCommand<Code extends string = string> extends Erased<Code> {
  in: 'journey';
  /** Absent where it is no contact with the customer. */
  stated?: Stated;
  decider: AnyDecider<JourneyContext>;
  command: (act: JourneyAct, data: JsonObject, sender: Sender) => unknown;
  /** Fields that name who is to own the journey, or whose it is to be. */
  newOwner?: string;
  newCustomer?: string;
}

/** A call or visit that may be the first of its customer or journey, or may have left no details at all. */
export interface ContactCommand<Code extends string = string> extends Erased<Code> {
  in: 'contact';
  stated: Stated;
  decider: AnyDecider<JourneyContext>;
  command: (act: JourneyAct, data: JsonObject) => unknown;
  /** What it is where nobody left details. */
  unidentified: 'call' | 'visit';
  /** The consultant who gains the journey by it, if it has no owner. */
  claimant?: (data: JsonObject) => string | undefined;
}

/** On a record with a stream of its own that belongs to a site: a complaint, an unidentified contact. */
export interface RecordCommand<Code extends string = string> extends Erased<Code> {
  in: 'record';
  category: 'complaint' | 'contact';
  /** Field with the record's id. */
  idField: string;
  /** Absent where it is no contact with the customer. */
  stated?: Stated;
  decider: AnyDecider<DecideContext>;
  command: (act: RecordAct, data: JsonObject) => unknown;
  /** Where no id is given a record begins, about what the request names. */
  begins?: true;
  /** It ties the record to the journey that the request names. */
  tying?: true;
}

/** On one of the group's own records, each with a stream of its own. */
export interface StreamCommand<Code extends string = string> extends Erased<Code> {
  in: 'stream';
  category: 'unit' | 'words' | 'site' | 'user' | 'playbook';
  /** Field with the record's id; of a user who is registered, with the login that the id derives from. */
  idField: string;
  decider: AnyDecider<DecideContext>;
  command: (id: string, data: JsonObject, sender: Sender) => unknown;
  /** What it is decided on beside its own stream. */
  facts?: (data: JsonObject, known: Known, id: string) => Promise<object>;
  /** It may take the group's administration from somebody: never two at once. */
  alone?: true;
}

/** On a customer, by whom one of the sender's sites knows (ADR 0013). */
export interface CustomerCommand<Code extends string = string> extends Erased<Code> {
  in: 'customer';
  decider: AnyDecider<DecideContext>;
  command: (act: CustomerAct, data: JsonObject, sender: Sender) => unknown;
  /** It is a look at what is kept of the customer, and stands in a stream of such looks (domain §13.2). */
  looks?: true;
}

/** On a customer and on who holds which identifier, in several steps (ADR 0015, ADR 0043). */
export interface IdentityCommand<Code extends string = string> extends Erased<Code> {
  in: 'identity';
  act: 'register' | 'add-identifiers' | 'remove-identifier' | 'erase' | 'finish-erasure';
}

/** `Code`: what it may be refused with. */
export type CommandDefinition<Code extends string = string> =
  JourneyCommand<Code> | ContactCommand<Code> | RecordCommand<Code> | StreamCommand<Code> | CustomerCommand<Code> | IdentityCommand<Code>;

export type RoutedCommand = CommandDefinition & Route;
export const isRouted = (definition: CommandDefinition): definition is RoutedCommand => definition.path !== undefined;

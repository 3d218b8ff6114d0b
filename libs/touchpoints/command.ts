import type {
  DataOf,
  DecideContext,
  Decider,
  EventDefinition,
  EventShape,
  Fields,
  Form,
  JsonObject,
  Permission,
  Role,
} from '@touchline/core';
import { form, namesWhere } from '@touchline/core';
import type { ActRejection } from './journey/act.rules.js';
import type { ActOnJourney, ContactRules } from './journey/contact.rules.js';
import { contactForm, journeyActForm, touchpointForm } from './forms.js';
import type { Channel, TouchpointData } from './touchpoint.events.js';

// A command is data: a name, a form, who may send it, and the decider that says what comes of it. Routes, messages, imports and the
// demonstration all send commands by these definitions (ADR 0047).

/** Codes that the placing of a command refuses with, beside those of its decider. */
type PlacingCode =
  | 'contact.already-recorded'
  | 'contact.site-missing'
  | 'contact.unknown'
  | 'customer.erased'
  | 'customer.unknown'
  | 'journey.owner-elsewhere'
  | 'journey.unknown'
  | 'phone.invalid'
  | 'phone.extension'
  | 'identifier.shared'
  | 'site.closed'
  | 'site.other-product-line'
  | 'site.unknown'
  | 'user.deactivated'
  | 'user.unknown'
  | 'word.unknown';

/** Refusals of every command that may correct. */
export const CORRECTING = ['correction.unknown-event', 'correction.other-kind'] as const;
/** Of every command whose journey is named, whatever is done with it. */
export const OF_JOURNEY = ['journey.unknown'] as const;
/** Of every act on a journey. */
export const ON_JOURNEY = [...OF_JOURNEY, ...CORRECTING, 'journey.not-open', 'user.unknown'] as const;
/** Of every contact, whose journey is found. */
export const ON_CONTACT = [
  ...ON_JOURNEY,
  'site.unknown',
  'site.closed',
  'site.other-product-line',
  'contact.site-missing',
  'contact.unknown',
  'contact.already-recorded',
  'word.unknown',
  'customer.unknown',
  'phone.invalid',
  'phone.extension',
  'identifier.shared',
] as const;

/** Those who meet or hear customers, and the systems that do so for them (domain §1.1). */
export const MAY_RECORD = { roles: ['consultant', 'manager', 'service-manager', 'service'], scope: 'site' } as const satisfies Permission;

/** Where the sender says nothing. */
export interface Stated {
  channel: Channel;
  direction: 'in' | 'out';
}

/** What a decider may know of whoever sends. */
export interface Sender {
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

interface Declared<F extends Fields, Code extends string> {
  /** As the event that it leads to is stored; messages and mappings name it so, for ever. */
  name: string;
  /** Under which the OpenAPI document has it. */
  operation: `${string}_${string}`;
  path: string;
  tag: string;
  summary: string;
  who: Permission;
  /** Taken as a message of another system, too. */
  taken?: true;
  refusals: readonly (Code | PlacingCode)[];
  formName: string;
  /** What becomes of the request data of the event. */
  fields: F;
  /** The whole request, where it is not what such requests have in common with the fields after it. */
  input?: Fields;
  /** What stands in the address. */
  params?: Form;
  /** Fields as imported history may state them, where it may lack what a request may not. */
  history?: Fields;
}

/** What a command is, whichever decider it has. */
interface Erased<Code extends string> extends Omit<Declared<Fields, string>, 'formName' | 'input' | 'refusals'> {
  form: Form;
  /** Fields that name somebody of the group. */
  users: readonly string[];
  refusals: readonly Code[];
}

type AnyDecider<Context> = Decider<unknown, unknown, EventShape, Context>;
type JourneyContext = DecideContext & ContactRules;

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

/** On one of the group's own records, each with a stream of its own: a unit, a list of words. */
export interface StreamCommand<Code extends string = string> extends Erased<Code> {
  in: 'stream';
  category: 'unit' | 'words';
  /** Field with the record's id. */
  idField: string;
  decider: AnyDecider<DecideContext>;
  command: (input: JsonObject) => unknown;
}

/** What is wanted of a customer, within the sites at which they are known (ADR 0013). */
export interface CustomerCommand<Code extends string = string> extends Erased<Code> {
  in: 'customer';
  act: 'register' | 'change-details' | 'add-identifiers' | 'remove-identifier' | 'give-consent' | 'withdraw-consent' | 'settle';
}

/** `Code`: what it may be refused with. */
export type CommandDefinition<Code extends string = string> =
  JourneyCommand<Code> | ContactCommand<Code> | RecordCommand<Code> | StreamCommand<Code> | CustomerCommand<Code>;

type DataOfAct<F extends Fields> = TouchpointData & DataOf<F>;

/** An act on a journey. */
export const onJourney = <const F extends Fields, S, C, E extends EventShape, Code extends string>(
  declared: Declared<F, Code> & {
    stated: Stated;
    decider: Decider<S, C, E, JourneyContext, Code>;
    command: (act: JourneyAct, data: DataOfAct<F>) => C;
  },
): JourneyCommand<Code | PlacingCode> =>
  ({ in: 'journey', ...erased(declared, journeyActForm) }) as unknown as JourneyCommand<Code | PlacingCode>;

/** A change of the journey itself, which is no contact with the customer. */
export const ofJourney = <const F extends Fields, S, C, E extends EventShape, Code extends string>(
  declared: Declared<F, Code> & {
    decider: Decider<S, C, E, JourneyContext, Code>;
    command: (act: JourneyAct, data: DataOf<F>, sender: Sender) => C;
    newOwner?: keyof F & string;
    newCustomer?: keyof F & string;
  },
): JourneyCommand<Code | PlacingCode> => ({ in: 'journey', ...erased(declared, {}) }) as unknown as JourneyCommand<Code | PlacingCode>;

export const contact = <const F extends Fields, S, C, E extends EventShape, Code extends string>(
  declared: Declared<F, Code> &
    Pick<ContactCommand, 'stated' | 'unidentified'> & {
      decider: Decider<S, C, E, JourneyContext, Code>;
      command: (act: JourneyAct, data: DataOfAct<F>) => C;
      claimant?: (data: DataOfAct<F>) => string | undefined;
    },
): ContactCommand<Code | PlacingCode> =>
  ({ in: 'contact', ...erased(declared, contactForm) }) as unknown as ContactCommand<Code | PlacingCode>;

export const onRecord = <const F extends Fields, S, C, E extends EventShape, Code extends string>(
  declared: Declared<F, Code> &
    Pick<RecordCommand, 'category' | 'idField' | 'begins'> & {
      stated: Stated;
      decider: Decider<S, C, E, DecideContext, Code>;
      command: (act: RecordAct, data: DataOfAct<F>) => C;
    },
): RecordCommand<Code | PlacingCode> =>
  ({ in: 'record', ...erased(declared, touchpointForm) }) as unknown as RecordCommand<Code | PlacingCode>;

export const ofRecord = <const F extends Fields, S, C, E extends EventShape, Code extends string>(
  declared: Declared<F, Code> &
    Pick<RecordCommand, 'category' | 'idField' | 'tying'> & {
      decider: Decider<S, C, E, DecideContext, Code>;
      command: (act: RecordAct, data: DataOf<F>) => C;
    },
): RecordCommand<Code | PlacingCode> => ({ in: 'record', ...erased(declared, {}) }) as unknown as RecordCommand<Code | PlacingCode>;

export const onStream = <const F extends Fields, S, C, E extends EventShape, Code extends string>(
  declared: Declared<F, Code> &
    Pick<StreamCommand, 'category' | 'idField'> & {
      decider: Decider<S, C, E, DecideContext, Code>;
      command: (input: DataOf<F>) => C;
    },
): StreamCommand<Code | PlacingCode> => ({ in: 'stream', ...erased(declared, {}) }) as unknown as StreamCommand<Code | PlacingCode>;

export const onCustomer = <const Code extends string>(
  declared: Omit<Declared<Fields, Code>, 'refusals'> & { refusals: readonly Code[] } & Pick<CustomerCommand, 'act'>,
): CustomerCommand<Code> => ({ in: 'customer', ...erased(declared, {}) }) as unknown as CustomerCommand<Code>;

/** Deciders differ in what they know; a list of commands does not. */
const erased = <D extends Declared<Fields, string>>({ formName, input, ...rest }: D, common: Fields): object => ({
  ...rest,
  form: form(formName, input ?? { ...common, ...rest.fields }),
  users: ['responsibleId', ...namesWhere(rest.fields, ({ kind }) => kind.is === 'user')],
});

/** A folder of this library: what it stores, its commands, and the HTTP status of what they alone are refused with. */
export interface Touchpoint<Refusals extends Readonly<Record<string, Status>> = Readonly<Record<string, Status>>> {
  /** The folder's name. */
  name: string;
  events: readonly EventDefinition[];
  commands: readonly CommandDefinition[];
  refusals: Refusals;
}

type Status = 403 | 404 | 409 | 422;

/** A refusal of its commands that has no status does not compile. */
export const touchpoint = <const Refusals extends Readonly<Record<string, Status>>>(
  folder: Omit<Touchpoint<Refusals>, 'commands'> & {
    commands: readonly CommandDefinition<(keyof Refusals & string) | PlacingCode | ActRejection>[];
  },
): Touchpoint<Refusals> => folder;

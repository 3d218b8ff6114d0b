import type { DataOf, DecideContext, Decider, EventDefinition, EventShape, Fields, Permission, TimerDefinition } from '@touchline/core';
import { form, namesWhere } from '@touchline/core';
import type {
  CommandDefinition,
  ContactCommand,
  CustomerAct,
  CustomerCommand,
  IdentityCommand,
  JourneyAct,
  JourneyCommand,
  JourneyContext,
  Known,
  PlacingCode,
  RecordAct,
  RecordCommand,
  Route,
  Sender,
  Stated,
  StreamCommand,
} from './command.js';
import { contactForm, journeyActForm, touchpointForm } from './forms.js';
import type { ActRejection } from './journey/act.rules.js';
import type { TouchpointData } from './touchpoint.events.js';

// How commands are declared: one function for each place that a command may have.

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
/** Those who administer the whole group. */
export const MAY_ADMINISTER = { roles: ['admin'], scope: 'group' } as const satisfies Permission;

/** All of a route and the form of its requests, or nothing of it. */
type Called =
  | (Route & {
      formName: string;
      /** The whole request, where it is not what such requests have in common with the fields after it. */
      input?: Fields;
    })
  | ({ [part in keyof Route]?: never } & { formName?: never; input?: never });

interface Said<F extends Fields, Code extends string> extends Pick<CommandDefinition, 'name' | 'taken' | 'history'> {
  refusals: readonly (Code | PlacingCode)[];
  fields: F;
}
type Declared<F extends Fields, Code extends string> = Said<F, Code> & Called;

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

/** What a decider must be told that its own stream does not say: nothing where it needs no more than every decider. */
type Facts<F extends Fields, Context> = keyof Context extends keyof DecideContext
  ? { facts?: never }
  : { facts: (data: DataOf<F>, known: Known, id: string) => Promise<Omit<Context, keyof DecideContext>> };

export const onStream = <const F extends Fields, S, C, E extends EventShape, Context extends DecideContext, Code extends string>(
  declared: Declared<F, Code> &
    Pick<StreamCommand, 'category' | 'idField' | 'alone'> & {
      decider: Decider<S, C, E, Context, Code>;
      command: (id: string, data: DataOf<F>, sender: Sender) => C;
    } & Facts<F, Context>,
): StreamCommand<Code | PlacingCode> => ({ in: 'stream', ...erased(declared, {}) }) as unknown as StreamCommand<Code | PlacingCode>;

export const onCustomer = <const F extends Fields, S, C, E extends EventShape, Code extends string>(
  declared: Declared<F, Code> &
    Pick<CustomerCommand, 'looks'> & {
      decider: Decider<S, C, E, DecideContext, Code>;
      command: (act: CustomerAct, data: DataOf<F>, sender: Sender) => C;
    },
): CustomerCommand<Code | PlacingCode> => ({ in: 'customer', ...erased(declared, {}) }) as unknown as CustomerCommand<Code | PlacingCode>;

export const onIdentity = <const Code extends string>(
  declared: Omit<Said<Fields, Code>, 'refusals'> & Called & { refusals: readonly Code[] } & Pick<IdentityCommand, 'act'>,
): IdentityCommand<Code> => ({ in: 'identity', ...erased(declared, {}) }) as unknown as IdentityCommand<Code>;

/** Deciders differ in what they know; a list of commands does not. */
const erased = <D extends { name: string; fields: Fields; formName?: string; input?: Fields }>(
  { formName, input, ...rest }: D,
  common: Fields,
): object => ({
  ...rest,
  form: form(formName ?? rest.name, input ?? { ...common, ...rest.fields }),
  users: ['responsibleId', ...namesWhere(rest.fields, ({ kind }) => kind.is === 'user')],
});

/** A folder of this library: what it stores, its commands, and the HTTP status of what they alone are refused with. */
export interface Touchpoint<Refusals extends Readonly<Record<string, Status>> = Readonly<Record<string, Status>>> {
  /** The folder's name. */
  name: string;
  /** Tags of the OpenAPI document that its commands bring, with what they gather. */
  tags?: Readonly<Record<string, string>>;
  events: readonly EventDefinition[];
  commands: readonly CommandDefinition[];
  refusals: Refusals;
  /** What its events open, move and close, and what is sent then (ADR 0049). */
  timers?: readonly TimerDefinition[];
}

type Status = 403 | 404 | 409 | 422;

/** A refusal of its commands that has no status does not compile. */
export const touchpoint = <const Refusals extends Readonly<Record<string, Status>>>(
  folder: Omit<Touchpoint<Refusals>, 'commands'> & {
    commands: readonly CommandDefinition<(keyof Refusals & string) | PlacingCode | ActRejection>[];
  },
): Touchpoint<Refusals> => folder;

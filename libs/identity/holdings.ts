import type { Position, RecordedEvent } from '@touchline/core';
import { folded, streamName } from '@touchline/core';
import type { CommandDeps, CommandOutcome, CommandRequest } from '@touchline/event-store';
import { handleCommand, nameUuid } from '@touchline/event-store';
import type { CustomerCommand } from '@touchline/touchpoints/customer/customer.decider.js';
import { customerDecider } from '@touchline/touchpoints/customer/customer.decider.js';
import type { CustomerIdentified } from '@touchline/touchpoints/customer/customer.events.js';
import type { CustomerStanding } from '@touchline/touchpoints/customer/customer.fold.js';
import { customerFold } from '@touchline/touchpoints/customer/customer.fold.js';
import type { IdentifierCommand } from '@touchline/touchpoints/customer/identifier.decider.js';
import { identifierDecider } from '@touchline/touchpoints/customer/identifier.decider.js';
import type { IdentifierHolder } from '@touchline/touchpoints/customer/identifier.fold.js';
import { holdersFold } from '@touchline/touchpoints/customer/identifier.fold.js';

/** What identities are worked out with. `secret` keys the digests that name identifiers' streams. */
export interface IdentityServices {
  deps: CommandDeps;
  secret: string;
}

export interface KnownCustomer extends CustomerStanding {
  /** Of their stream; −1 where there is none. */
  revision: number;
  /** True where this very command is recorded there. */
  knowsCommand: boolean;
  /** All of their stream. */
  events: readonly RecordedEvent[];
}

export interface Holding {
  identifier: CustomerIdentified;
  revision: number;
  holders: readonly IdentifierHolder[];
  /** All of its stream. */
  events: readonly RecordedEvent[];
}

/** Who holds what, and how those customers stand. Every claim in it held when the customers were read. */
export interface Holdings {
  found: Holding[];
  customers: ReadonlyMap<string, KnownCustomer>;
}

/** Commands of one request that each write another stream, or one stream more than once, have ids of their own. */
const step = (request: CommandRequest, ...name: (string | number)[]): CommandRequest => {
  const { ifMatch: _, ...rest } = request;
  return { ...rest, commandId: nameUuid(name.join(':'), request.commandId), causationId: request.commandId };
};

/** `read`: their stream, where this request has read it. */
export const onCustomer = (
  { deps }: IdentityServices,
  request: CommandRequest,
  command: CustomerCommand,
  read?: readonly RecordedEvent[],
): Promise<CommandOutcome> =>
  handleCommand(deps, {
    stream: streamName('customer', request.tenant, command.customerId),
    decider: customerDecider,
    command,
    request,
    ...(read !== undefined && { read }),
  });

const onIdentifier = (
  { deps }: IdentityServices,
  request: CommandRequest,
  { identifier, events }: Holding,
  command: IdentifierCommand,
): Promise<CommandOutcome> =>
  handleCommand(deps, {
    stream: streamName('identifier', request.tenant, identifier.digest),
    decider: identifierDecider,
    command,
    request,
    read: events,
  });

/**
 * Reads the identifiers first and their holders after, so that a claim given up in between shows as such. A further customer
 * who holds none of them is read together with them.
 */
async function read(
  { deps }: IdentityServices,
  request: CommandRequest,
  identifiers: readonly CustomerIdentified[],
  alsoCustomer?: string,
): Promise<Holdings> {
  const customer = async (id: string): Promise<[string, KnownCustomer]> => {
    const events = await deps.streams.events(streamName('customer', request.tenant, id));
    const knowsCommand = events.some((event) => event.meta.commandId === request.commandId);
    return [id, { ...folded(customerFold, events), revision: events.at(-1)?.revision ?? -1, knowsCommand, events }];
  };
  const [found, also] = await Promise.all([
    Promise.all(
      identifiers.map(async (identifier): Promise<Holding> => {
        const events = await deps.streams.events(streamName('identifier', request.tenant, identifier.digest));
        return { identifier, revision: events.at(-1)?.revision ?? -1, holders: folded(holdersFold, events), events };
      }),
    ),
    alsoCustomer === undefined ? [] : Promise.all([customer(alsoCustomer)]),
  ]);
  const holders = new Set(found.flatMap((holding) => holding.holders.map(({ customerId }) => customerId)));
  // Of one who turned out to hold one of them, what counts is read after that.
  return { found, customers: new Map([...also, ...(await Promise.all([...holders].map(customer)))]) };
}

/**
 * A claim is void once its customer gave the identifier up after it, or was erased at all: its release was decided and is
 * only missing.
 */
function isVoid(holdings: Holdings, digest: string, holder: IdentifierHolder): boolean {
  const customer = holdings.customers.get(holder.customerId);
  return customer?.erased === true || (customer?.givenUp[digest] ?? '') > holder.since;
}

/**
 * Reads who holds the identifiers, and first finishes every release that a crash left undone. Null where others were
 * at it too: read again.
 */
export async function readHoldings(
  identity: IdentityServices,
  request: CommandRequest,
  identifiers: readonly CustomerIdentified[],
  occurredAt: string,
  alsoCustomer?: string,
): Promise<Holdings | null> {
  const holdings = await read(identity, request, identifiers, alsoCustomer);
  let clean = true;
  for (const holding of holdings.found) {
    const { identifier, revision, holders } = holding;
    const gone = holders.find((holder) => isVoid(holdings, identifier.digest, holder));
    if (gone === undefined) continue;
    clean = false;
    // Exactly the claim that was seen: one made anew in the meantime must stay.
    const releasing = { ...step(request, 'release', gone.customerId, revision), ifMatch: revision };
    await onIdentifier(identity, releasing, holding, { kind: 'release', customerId: gone.customerId, occurredAt });
  }
  return clean ? holdings : null;
}

export interface Claim {
  identifier: CustomerIdentified;
  since: Position | null;
}

/** Claims an identifier for a customer; what `holding` showed names the attempt, so a repeated one is known again. */
export const claim = (
  identity: IdentityServices,
  request: CommandRequest,
  holding: Holding,
  order: { customerId: string; occurredAt: string; share: boolean },
  exact = false,
): Promise<CommandOutcome> =>
  onIdentifier(
    identity,
    { ...step(request, 'claim', order.customerId, holding.revision), ...(exact && { ifMatch: holding.revision }) },
    holding,
    {
      kind: 'claim',
      identifier: holding.identifier.kind,
      ...order,
    },
  );

/**
 * Takes back claims that came to nothing. Their customer's stream says so first, which is where a registration by
 * somebody who met such a claim would be: one of the two is recorded, never both.
 */
export async function giveUp(
  identity: IdentityServices,
  request: CommandRequest,
  order: { customerId: string; occurredAt: string },
  claims: readonly Claim[],
): Promise<void> {
  if (claims.length === 0) return;
  const named = claims.map(({ identifier, since }) => `${identifier.digest}@${since ?? ''}`);
  const digests = claims.map(({ identifier }) => identifier.digest);
  await onCustomer(identity, step(request, 'give-up', ...named), { kind: 'withdraw-claims', digests, ...order });
  await readHoldings(
    identity,
    request,
    claims.map(({ identifier }) => identifier),
    order.occurredAt,
  );
}

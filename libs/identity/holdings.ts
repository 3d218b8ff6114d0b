import type { Position } from '@touchline/core';
import { streamName } from '@touchline/core';
import type { CommandDeps, CommandOutcome, CommandRequest } from '@touchline/event-store';
import { handleCommand, load, nameUuid } from '@touchline/event-store';
import type { CustomerCommand } from '@touchline/touchpoints/customer/customer.decider.js';
import { customerDecider } from '@touchline/touchpoints/customer/customer.decider.js';
import type { CustomerIdentified, CustomerStanding } from '@touchline/touchpoints/customer/customer.events.js';
import { evolveCustomer, noCustomer } from '@touchline/touchpoints/customer/customer.events.js';
import type { IdentifierCommand } from '@touchline/touchpoints/customer/identifier.decider.js';
import { identifierDecider } from '@touchline/touchpoints/customer/identifier.decider.js';
import type { IdentifierHolder } from '@touchline/touchpoints/customer/identifier.events.js';
import { evolveHolders, noHolders } from '@touchline/touchpoints/customer/identifier.events.js';

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
}

export interface Holding {
  identifier: CustomerIdentified;
  revision: number;
  holders: readonly IdentifierHolder[];
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

export const onCustomer = ({ deps }: IdentityServices, request: CommandRequest, command: CustomerCommand): Promise<CommandOutcome> =>
  handleCommand(deps, {
    stream: streamName('customer', request.tenant, command.customerId),
    decider: customerDecider,
    command,
    request,
  });

const onIdentifier = (
  { deps }: IdentityServices,
  request: CommandRequest,
  digest: string,
  command: IdentifierCommand,
): Promise<CommandOutcome> =>
  handleCommand(deps, { stream: streamName('identifier', request.tenant, digest), decider: identifierDecider, command, request });

/** Reads the identifiers first and the customers after, so that a claim given up in between shows as such. */
async function read(
  { deps }: IdentityServices,
  request: CommandRequest,
  identifiers: readonly CustomerIdentified[],
  alsoCustomer?: string,
): Promise<Holdings> {
  const found = await Promise.all(
    identifiers.map(async (identifier) => {
      const events = await load(deps, streamName('identifier', request.tenant, identifier.digest));
      return { identifier, revision: events.at(-1)?.revision ?? -1, holders: events.reduce(evolveHolders, noHolders) };
    }),
  );
  const ids = new Set(found.flatMap(({ holders }) => holders.map(({ customerId }) => customerId)));
  if (alsoCustomer !== undefined) ids.add(alsoCustomer);
  const customers = await Promise.all(
    [...ids].map(async (id): Promise<[string, KnownCustomer]> => {
      const events = await load(deps, streamName('customer', request.tenant, id));
      const knowsCommand = events.some((event) => event.meta.commandId === request.commandId);
      return [id, { ...events.reduce(evolveCustomer, noCustomer), revision: events.at(-1)?.revision ?? -1, knowsCommand }];
    }),
  );
  return { found, customers: new Map(customers) };
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
  for (const { identifier, revision, holders } of holdings.found) {
    const gone = holders.find((holder) => isVoid(holdings, identifier.digest, holder));
    if (gone === undefined) continue;
    clean = false;
    // Exactly the claim that was seen: one made anew in the meantime must stay.
    const releasing = { ...step(request, 'release', gone.customerId, revision), ifMatch: revision };
    await onIdentifier(identity, releasing, identifier.digest, { kind: 'release', customerId: gone.customerId, occurredAt });
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
  { identifier, revision }: Holding,
  order: { customerId: string; occurredAt: string; share: boolean },
  exact = false,
): Promise<CommandOutcome> =>
  onIdentifier(
    identity,
    { ...step(request, 'claim', order.customerId, revision), ...(exact && { ifMatch: revision }) },
    identifier.digest,
    {
      kind: 'claim',
      identifier: identifier.kind,
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

import type { JsonObject, Position, Rejection } from '@touchline/core';
import { identityFault, parseStreamName, streamName } from '@touchline/core';
import type { CommandOutcome, CommandRequest } from '@touchline/event-store';
import { load } from '@touchline/event-store';
import type { Erasure, Erasures, PersonalKeys } from '@touchline/sealing';
import type { CustomerErased, CustomerIdentified } from '@touchline/touchpoints/customer/customer.events.js';
import { evolveCustomer, noCustomer } from '@touchline/touchpoints/customer/customer.fold.js';
import type { IdentityServices } from './holdings.js';
import { onCustomer, readHoldings } from './holdings.js';

/** As it is kept while the erasure is under way. */
export interface ErasureRequest extends JsonObject {
  erasure: CustomerErased;
  occurredAt: string;
  /** The sender's command, which records it whoever finishes it. */
  command: JsonObject;
}

/** Streams that tell of a customer, and whether the view they are found in shows all that was asked for. */
export interface StreamsFound {
  streams: readonly string[];
  reached: boolean;
}

export interface ErasureServices extends IdentityServices {
  keys: PersonalKeys;
  erasures: Erasures<ErasureRequest>;
  /** As far as the view has come; with `upTo` once it shows that, or in vain. */
  streamsOf(tenant: string, customerId: string, upTo?: Position): Promise<StreamsFound>;
}

export interface CustomerToErase {
  customerId: string;
  erasure: CustomerErased;
}

/**
 * Erases a person (domain §13.4). First, in one transaction, every key of theirs that is known is destroyed and the erasure
 * noted as begun: nothing can be read from there on, and what is left to do only tells of it. Then the log is told, the
 * identifiers are released, and what was tied to the person in between is erased too. Cut short anywhere it ends the same
 * when repeated, or by `finishErasure` of whoever finds it.
 */
export async function eraseCustomer(
  services: ErasureServices,
  request: CommandRequest,
  { customerId, erasure }: CustomerToErase,
): Promise<CommandOutcome> {
  const { deps, erasures } = services;
  const { tenant } = request;
  const { ifMatch, ...sender } = request;
  let begun = await erasures.of(tenant, customerId);
  if (begun === null) {
    const events = await load(deps, streamName('customer', tenant, customerId));
    const { registered, erased } = events.reduce(evolveCustomer, noCustomer);
    // What can be refused is refused here, before anything is destroyed.
    if (!registered || events.some(({ meta }) => meta.commandId === request.commandId))
      return record(services, request, { customerId, erasure, occurredAt: await deps.clock.now() });
    if (!erased && ifMatch !== undefined && ifMatch !== events.at(-1)?.revision)
      return { kind: 'refused', refusals: [STALE], since: events.filter(({ revision }) => revision > ifMatch) };
    const { streams } = await services.streamsOf(tenant, customerId);
    const asKept = {
      erasure,
      occurredAt: await deps.clock.now(),
      command: { ...sender, actor: { ...sender.actor } } as unknown as JsonObject,
    };
    await erasures.begin(tenant, customerId, [`customer:${customerId}`, ...standInsOf(streams)], asKept);
    begun = await erasures.of(tenant, customerId);
    if (begun === null) throw new Error('an erasure that was begun is noted');
  }
  if (!begun.completed) {
    const { outcome } = await finishErasure(services, begun);
    if (outcome.kind === 'refused') return outcome;
  }
  return record(services, sender, { customerId, erasure, occurredAt: begun.request.occurredAt });
}

const STALE: Rejection = identityFault('precondition.stale', 'the record has changed since it was read', 'If-Match');

/** Does what is left of an erasure; `complete` is false where the view did not come far enough in time. */
export async function finishErasure(
  services: ErasureServices,
  begun: Erasure<ErasureRequest>,
): Promise<{ outcome: CommandOutcome; complete: boolean }> {
  const { tenant, customerId, request } = begun;
  const { erasure, occurredAt } = request;
  const command = request.command as unknown as CommandRequest;
  const outcome = await record(services, command, { customerId, erasure, occurredAt });
  if (outcome.kind === 'refused') {
    // Somebody this log never knew, such as an older copy that was put back: no key is left, and there is nothing to tell.
    const unheardOf = outcome.refusals.some(({ code }) => code === 'customer.unknown');
    if (unheardOf) await services.erasures.complete(begun);
    return { outcome, complete: unheardOf };
  }
  await releaseAll(services, command, customerId, occurredAt);
  // From the erasure's place on nothing is tied to them; what was tied before is in the view by then.
  const head = await services.deps.store.head();
  const { streams, reached } = await services.streamsOf(tenant, customerId, head ?? undefined);
  await services.keys.erase(tenant, standInsOf(streams));
  if (reached) await services.erasures.complete(begun);
  return { outcome, complete: reached };
}

const record = (
  services: IdentityServices,
  request: CommandRequest,
  { customerId, ...told }: CustomerToErase & { occurredAt: string },
): Promise<CommandOutcome> => onCustomer(services, request, { kind: 'erase', customerId, ...told });

/** Whoever next asks for an identifier would release it too; here nobody has to come by. */
async function releaseAll(services: IdentityServices, command: CommandRequest, customerId: string, occurredAt: string): Promise<void> {
  const events = await load(services.deps, streamName('customer', command.tenant, customerId));
  const digests = new Set(
    events.filter(({ type }) => type === 'customer-identified').map(({ data }) => (data as CustomerIdentified).digest),
  );
  for (const digest of digests)
    for (let clean = false; !clean;)
      clean = (await readHoldings(services, command, [{ kind: 'phone', digest, value: '' }], occurredAt)) !== null;
}

/** Streams whose own key seals what is told of a person who is not identified yet. */
const STAND_INS = new Set(['contact', 'journey', 'complaint']);

/** Whose keys go with a person's: of the contacts, journeys and complaints that turned out to be theirs. */
function standInsOf(streams: readonly string[]): string[] {
  return streams.flatMap((stream) => {
    const { category = '', id = '' } = parseStreamName(stream) ?? {};
    return STAND_INS.has(category) ? [`${category}:${id}`] : [];
  });
}

import type { JsonObject, Position, Rejection } from '@touchline/core';
import { folded, identityFault, parseStreamName, streamName } from '@touchline/core';
import type { CommandOutcome, CommandRequest } from '@touchline/event-store';
import { handleCommand, nameUuid } from '@touchline/event-store';
import type { Erasure, Erasures, PersonalKeys } from '@touchline/sealing';
import type { CustomerErased, CustomerIdentified } from '@touchline/touchpoints/customer/customer.events.js';
import { customerFold } from '@touchline/touchpoints/customer/customer.fold.js';
import type { ErasureCommand } from '@touchline/touchpoints/customer/erasure.decider.js';
import { erasureDecider } from '@touchline/touchpoints/customer/erasure.decider.js';
import type { ErasureStanding } from '@touchline/touchpoints/customer/erasure.fold.js';
import { erasureFold } from '@touchline/touchpoints/customer/erasure.fold.js';
import type { IdentityServices } from './holdings.js';
import { onCustomer, readHoldings } from './holdings.js';

/** As it is noted with the keys that are destroyed. */
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

type Begun = Pick<Erasure<ErasureRequest>, 'tenant' | 'customerId' | 'request'>;

/**
 * Erases a person (domain §13.4). First the log is told that it begins; then, in one transaction, every key of theirs that is
 * known is destroyed and that noted: nothing can be read from there on, and what is left to do only tells of it. Then the log
 * is told of the erasure, the identifiers are released, and what was tied to the person in between is erased too. Cut short
 * anywhere it ends the same when repeated, or when its timer is due (ADR 0015).
 */
export async function eraseCustomer(
  services: ErasureServices,
  request: CommandRequest,
  { customerId, erasure }: CustomerToErase,
): Promise<CommandOutcome> {
  const { deps, erasures } = services;
  const { tenant } = request;
  const { ifMatch, ...sender } = request;
  const noted = await erasures.of(tenant, customerId);
  let asked = noted?.request ?? askedIn(await standing(services, tenant, customerId));
  if (asked === null) {
    const events = await deps.streams.events(streamName('customer', tenant, customerId));
    const { registered, erased } = folded(customerFold, events);
    const occurredAt = await deps.clock.now();
    // What can be refused is refused here, before anything is promised or destroyed.
    if (!registered || events.some(({ meta }) => meta.commandId === request.commandId))
      return record(services, request, { customerId, erasure, occurredAt });
    if (!erased && ifMatch !== undefined && ifMatch !== events.at(-1)?.revision)
      return { kind: 'refused', refusals: [STALE], since: events.filter(({ revision }) => revision > ifMatch) };
    const begun = await onErasure(services, sender, { kind: 'begin', customerId, erasure, occurredAt });
    if (begun.kind === 'refused') return begun;
    // Of two who begin at once the first is the one whose request is told.
    asked = askedIn(await standing(services, tenant, customerId));
    if (asked === null) throw new Error('an erasure that was begun is in the log');
  }
  if (noted?.completed !== true) {
    const { outcome } = await finishErasure(services, { tenant, customerId, request: asked });
    if (outcome.kind === 'refused') return outcome;
  }
  return record(services, sender, { customerId, erasure, occurredAt: asked.occurredAt });
}

const STALE: Rejection = identityFault('precondition.stale', 'the record has changed since it was read', 'If-Match');

/** What its timer sends: does what is left of an erasure, and puts it off where the view does not come far enough in time. */
export async function takeUpErasure(services: ErasureServices, request: CommandRequest, customerId: string): Promise<CommandOutcome> {
  const { tenant } = request;
  const found = await standing(services, tenant, customerId);
  const asked = askedIn(found);
  if (asked !== null && !found.completed) {
    const { outcome, complete } = await finishErasure(services, { tenant, customerId, request: asked }, request);
    if (outcome.kind === 'refused' || complete) return outcome;
  }
  return onErasure(services, request, { kind: 'put-off', customerId });
}

/**
 * Begins what is noted with destroyed keys and not in the log: restored, or of a release that told nothing before the end. What
 * was begun is left to its timer. @returns null where it is
 */
export async function tellErasure(services: ErasureServices, noted: Begun): Promise<CommandOutcome | null> {
  const { tenant, customerId, request } = noted;
  const { begun, completed } = await standing(services, tenant, customerId);
  if (begun !== null && !completed) return null;
  const { erasure, occurredAt } = request;
  const { registered } = folded(customerFold, await services.deps.streams.events(streamName('customer', tenant, customerId)));
  if (begun === null && registered) {
    const outcome = await onErasure(services, commandOf(request), { kind: 'begin', customerId, erasure, occurredAt });
    if (outcome.kind === 'refused') return outcome;
  }
  return (await finishErasure(services, noted)).outcome;
}

/** Does what is left of an erasure, and tells its end; `complete` is false where the view did not come far enough in time. */
async function finishErasure(
  services: ErasureServices,
  begun: Begun,
  ending = endingOf(commandOf(begun.request)),
): Promise<{ outcome: CommandOutcome; complete: boolean }> {
  const { tenant, customerId, request } = begun;
  const { erasure, occurredAt } = request;
  const { erasures, keys } = services;
  const command = commandOf(request);
  if ((await erasures.of(tenant, customerId)) === null) {
    const { streams } = await services.streamsOf(tenant, customerId);
    await erasures.begin(tenant, customerId, [`customer:${customerId}`, ...standInsOf(streams)], request);
  }
  const outcome = await record(services, command, { customerId, erasure, occurredAt });
  if (outcome.kind === 'refused') {
    // Somebody this log never knew, such as an older copy that was put back: no key is left, and there is nothing to tell.
    const unheardOf = outcome.refusals.some(({ code }) => code === 'customer.unknown');
    if (unheardOf) await erasures.complete(begun);
    return { outcome, complete: unheardOf };
  }
  await releaseAll(services, command, customerId, occurredAt);
  // From the erasure's place on nothing is tied to them; what was tied before is in the view by then.
  const head = await services.deps.streams.store.head();
  const { streams, reached } = await services.streamsOf(tenant, customerId, head ?? undefined);
  await keys.erase(tenant, standInsOf(streams));
  if (!reached) return { outcome, complete: false };
  // The log last: as long as it does not say so, the timer comes back to it.
  await erasures.complete(begun);
  return { outcome: await onErasure(services, ending, { kind: 'complete', customerId }), complete: true };
}

/** The further command that tells the end. */
const endingOf = (command: CommandRequest): CommandRequest => ({
  ...command,
  commandId: nameUuid('erasure:complete', command.commandId),
  causationId: command.commandId,
});

const commandOf = ({ command }: ErasureRequest): CommandRequest => command as unknown as CommandRequest;

async function standing({ deps }: IdentityServices, tenant: string, customerId: string): Promise<ErasureStanding> {
  return folded(erasureFold, await deps.streams.events(streamName('erasure', tenant, customerId)));
}

/** What was asked for, in the words of the log, and the command that asked, by what is recorded of it. */
function askedIn({ begun }: ErasureStanding): ErasureRequest | null {
  if (begun === null) return null;
  const { data, meta } = begun;
  const { tenant, actor, commandId, requestHash, correlationId, causationId, source, traceparent } = meta;
  const command = { tenant, actor: { ...actor }, commandId, requestHash, correlationId, causationId };
  const further = { ...(source && { source: { ...source } }), ...(traceparent !== undefined && { traceparent }) };
  return { erasure: data, occurredAt: meta.occurredAt, command: { ...command, ...further } };
}

const record = (
  services: IdentityServices,
  request: CommandRequest,
  { customerId, ...told }: CustomerToErase & { occurredAt: string },
): Promise<CommandOutcome> => onCustomer(services, request, { kind: 'erase', customerId, ...told });

const onErasure = ({ deps }: IdentityServices, request: CommandRequest, command: ErasureCommand): Promise<CommandOutcome> =>
  handleCommand(deps, { stream: streamName('erasure', request.tenant, command.customerId), decider: erasureDecider, command, request });

/** Whoever next asks for an identifier would release it too; here nobody has to come by. */
async function releaseAll(services: IdentityServices, command: CommandRequest, customerId: string, occurredAt: string): Promise<void> {
  const events = await services.deps.streams.events(streamName('customer', command.tenant, customerId));
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

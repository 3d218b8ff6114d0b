import type { RecordedEvent, Rejection } from '@touchline/core';
import { folded, identityFault, maySeeSite, streamName } from '@touchline/core';
import type { CommandRequest } from '@touchline/event-store';
import { handleCommand, nameUuid } from '@touchline/event-store';
import { customerDecider } from '@touchline/touchpoints/customer/customer.decider.js';
import type { CustomerEvent } from '@touchline/touchpoints/customer/customer.events.js';
import { customerFold } from '@touchline/touchpoints/customer/customer.fold.js';
import { questionDecider } from '@touchline/touchpoints/customer/question.decider.js';
import type { Question, QuestionEvent, Stated } from '@touchline/touchpoints/customer/question.events.js';
import { questionsFold } from '@touchline/touchpoints/customer/question.fold.js';
import { isKnownName } from '@touchline/touchpoints/customer/question.rules.js';
import { customerScope } from './customer-scope.js';
import type { CommandServices, CommandMetadata, PersonNamed } from './services.js';
import { streamExists } from './stream-exists.js';

// Who somebody is, where that is for a person to settle (ADR 0037).

interface Said {
  occurredAt: string;
  siteId: string;
  journeyId?: string;
  recordedAs?: string;
  stated?: Stated;
}

type Asking = Pick<CommandServices, 'deps' | 'open'>;

/** A further command of the same request. */
const step = ({ ifMatch: _, ...request }: CommandRequest, name: string): CommandRequest => ({
  ...request,
  commandId: nameUuid(name, request.commandId),
  causationId: request.commandId,
});

export const statedOf = ({ name, formOfAddress }: Pick<PersonNamed, 'name' | 'formOfAddress'>): { stated?: Stated } =>
  name === undefined && formOfAddress === undefined
    ? {}
    : { stated: { ...(name !== undefined && { name }), ...(formOfAddress !== undefined && { formOfAddress }) } };

async function ask({ deps }: Pick<CommandServices, 'deps'>, request: CommandRequest, customerId: string, about: Question, met: Said) {
  const { occurredAt, ...said } = met;
  const outcome = await handleCommand(deps, {
    stream: streamName('customer', request.tenant, customerId),
    decider: questionDecider,
    command: { kind: 'ask', customerId, question: { about, ...said }, occurredAt },
    request: step(request, `question:${about}:${customerId}`),
  });
  // Whoever sends the request again asks again.
  if (outcome.kind === 'refused') throw new Error(`a question could not be asked: ${outcome.refusals.map(({ code }) => code).join(', ')}`);
}

/** Asks the sites of customers elsewhere whether the one who was met here is theirs. */
export async function askWhetherKnown(services: Asking, request: CommandRequest, elsewhere: readonly string[], met: Said): Promise<void> {
  for (const customerId of elsewhere) await ask(services, request, customerId, 'known-elsewhere', met);
}

/**
 * Asks who it was where somebody gave a name that this customer is not known by; nothing that was said is lost. `before`: the
 * customer's stream, where this request has read it.
 */
export async function askAboutName(
  services: Asking,
  request: CommandRequest,
  { customerId, before }: { customerId: string; before?: readonly RecordedEvent[] },
  met: Said,
): Promise<void> {
  const said = met.stated?.name;
  if (said === undefined) return;
  const events = before ?? (await services.deps.streams.events(streamName('customer', request.tenant, customerId)));
  const { erased } = folded(customerFold, events);
  if (erased) return;
  const known = (await services.open(events.filter(({ type }) => NAMING.has(type)))).flatMap(namesIn);
  if (known.length > 0 && !isKnownName(said, known)) await ask(services, request, customerId, 'other-name', met);
}

const NAMING = new Set<string>(['customer-registered', 'customer-details-changed', 'identity-questioned']);

/** Names that were asked about are known: the same one is not asked about again. */
function namesIn(event: RecordedEvent): string[] {
  const known = event as RecordedEvent<CustomerEvent | QuestionEvent>;
  switch (known.type) {
    case 'customer-registered':
    case 'customer-details-changed':
      return typeof known.data.name === 'string' ? [known.data.name] : [];
    case 'identity-questioned':
      return known.data.about === 'other-name' && typeof known.data.stated?.name === 'string' ? [known.data.stated.name] : [];
    default:
      return [];
  }
}

/**
 * Whom a request that names a customer is recorded on: the customer, where the sender's sites know them. One whom only others
 * know stays out of the sender's reach: what is recorded goes to somebody new at the sender's site, and the customer's own
 * site is asked whether the two are the same (ADR 0037). `refusedFor` says what else is wrong with the request: nobody is
 * registered, and nobody asked, for nothing.
 */
export async function customerToRecordOn(
  services: CommandServices,
  metadata: CommandMetadata,
  named: { customerId: string; siteId: string },
  refusedFor: (standIn: string) => Promise<Rejection[]>,
): Promise<{ customerId: string } | { refusals: Rejection[] }> {
  const { tenant } = metadata;
  const { customerId, siteId } = named;
  // Of this customer: a key that was given back may come with another. The second is of releases before.
  const standIn = nameUuid(`stand-in:customer:${customerId}`, metadata.commandId);
  const earlier = nameUuid('stand-in:customer', metadata.commandId);
  const events = await services.deps.streams.events(streamName('customer', tenant, customerId));
  const asked = Object.values(folded(questionsFold, events).asked);
  // As the first try of this very command had it, whatever was settled since (ADR 0003).
  const tried = [standIn, earlier].find((id) => asked.some(({ recordedAs }) => recordedAs === id));
  if (tried !== undefined) return { customerId: tried };
  const occurredAt = await services.deps.clock.now();
  // A try that was cut short registered somebody, of whom the question is still to be asked.
  if (!(await streamExists(services, streamName('customer', tenant, standIn)))) {
    const refusal = await customerScope(services, metadata, customerId, folded(customerFold, events));
    if (refusal === null) return { customerId };
    if (refusal.code === 'customer.unknown') return { refusals: [unknownCustomer()] };
    const before = asked.find((each) => each.recordedAs !== null && each.siteId === siteId && maySeeSite(metadata.sites, each.siteId));
    const known = before?.recordedAs ?? null;
    if (known !== null) return { customerId: known };
    const refusals = await refusedFor(standIn);
    if (refusals.length > 0) return { refusals };
    await handleCommand(services.deps, {
      stream: streamName('customer', tenant, standIn),
      decider: customerDecider,
      command: {
        ...{ kind: 'register', customerId: standIn, identifiers: [], occurredAt },
        details: { kind: 'person', siteId, standsIn: true },
      },
      request: step(metadata, 'stand-in'),
    });
  }
  await askWhetherKnown(services, metadata, [customerId], { occurredAt, siteId, recordedAs: standIn });
  return { customerId: standIn };
}

const unknownCustomer = () => identityFault('customer.unknown', 'there is no such customer', 'customerId');

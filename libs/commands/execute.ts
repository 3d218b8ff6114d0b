import type { EventShape, Fields, JsonObject } from '@touchline/core';
import { dataOf, streamName } from '@touchline/core';
import type { CommandOutcome } from '@touchline/event-store';
import type { ContactCommand, JourneyAct, JourneyCommand, RecordAct, RecordCommand, Stated } from '@touchline/touchpoints/command.js';
import { commandNamed } from '@touchline/touchpoints/list.js';
import { contactDecider } from '@touchline/touchpoints/contact/contact.decider.js';
import { heardBy } from '@touchline/touchpoints/call/call.events.js';
import type { TouchpointData } from '@touchline/touchpoints/touchpoint.events.js';
import { askAboutName, statedOf } from './identity-questions.js';
import type { About, Mentions } from './named.js';
import { aboutNamed } from './named.js';
import type { ContactTarget } from './place-contact.js';
import { placeContact } from './place-contact.js';
import { recordIdentity } from './record-identity.js';
import type { SiteOrder } from './record-at-site.js';
import { idOfNew, recordAtSite, rehearseAtSite } from './record-at-site.js';
import { recordOnCustomer } from './record-on-customer.js';
import type { JourneyOrder } from './record-on-journey.js';
import { recordOnJourney, rehearseOnJourney } from './record-on-journey.js';
import { recordOnStream } from './record-on-stream.js';
import type { CommandServices, CommandMetadata } from './services.js';
import { senderOf } from './services.js';

/** What is sent: the fields of the command's form. */
export type Input = JsonObject;

/** Runs a command, whoever sends it: requests, messages, imports, timers, the demonstration. @throws where there is none of that name */
export function execute(services: CommandServices, name: string, input: Input, metadata: CommandMetadata): Promise<CommandOutcome> {
  const definition = commandNamed(name);
  switch (definition.in) {
    case 'journey':
      return recordOnJourney(services, metadata, actOf(definition, input, metadata));
    case 'contact':
      return recordContact(services, metadata, definition, input);
    case 'record':
      return recordOnRecord(services, metadata, definition, input);
    case 'stream':
      return recordOnStream(services, metadata, definition, input);
    case 'customer':
      return recordOnCustomer(services, metadata, definition, input);
    case 'identity':
      return recordIdentity(services, metadata, definition, input);
  }
}

type AnyJourneyOrder = JourneyOrder<unknown, unknown, EventShape, string>;

/** The order that a command on a journey is, once its place and its data are known. */
export function journeyOrder(
  definition: JourneyCommand | ContactCommand,
  act: JourneyAct,
  data: JsonObject,
  metadata: Pick<CommandMetadata, 'actor' | 'roles'>,
): AnyJourneyOrder {
  const { journeyId, opening } = act;
  return {
    journeyId,
    ...(opening !== undefined && { opening }),
    decider: definition.decider,
    mentions: mentionsOf(definition.users, data),
    command: definition.command(act, data, senderOf(metadata)),
  };
}

function actOf(definition: JourneyCommand, input: Input, metadata: CommandMetadata): AnyJourneyOrder {
  const { newOwner, newCustomer } = definition;
  const order = journeyOrder(
    definition,
    { journeyId: input['journeyId'] as string, ...whenOf(input) },
    stated(definition, input, metadata),
    metadata,
  );
  return {
    ...order,
    ...(newOwner !== undefined && { newOwnerId: input[newOwner] as string }),
    ...(newCustomer !== undefined && { newCustomerId: input[newCustomer] as string }),
  };
}

/** When it happened, and which event it replaces. What has no time of its own happens when it is decided. */
const whenOf = ({ occurredAt, corrects }: Input): { occurredAt: string; corrects?: string } =>
  ({ ...(occurredAt !== undefined && { occurredAt }), ...(corrects !== undefined && { corrects }) }) as { occurredAt: string };

/** The data of the event, as the request and what stands where it says nothing make it. */
function stated({ fields, stated: by }: { fields: Fields; stated?: Stated }, input: Input, { actor }: CommandMetadata): JsonObject {
  const own = dataOf(fields, input) as JsonObject;
  if (by === undefined) return own;
  const { channel = by.channel, direction = by.direction, responsibleId = actor.id, note } = input;
  return { channel, direction, responsibleId, ...(note !== undefined && { note }), ...own };
}

/** Users that the data names. */
const mentionsOf = (users: readonly string[], data: JsonObject): Mentions =>
  Object.fromEntries(users.flatMap((name) => (typeof data[name] === 'string' ? [[name, data[name]] as const] : [])));

async function recordContact(
  services: CommandServices,
  metadata: CommandMetadata,
  definition: ContactCommand,
  input: Input,
): Promise<CommandOutcome> {
  const target = input as ContactTarget;
  const when = whenOf(input);
  const said = target.person && statedOf(target.person);
  const data = { ...stated(definition, input, metadata), ...dataOf(heardBy, input), ...said };
  const claimant = definition.claimant?.(data);
  const order = (place: { journeyId: string }): AnyJourneyOrder =>
    journeyOrder(definition, { ...place, ...when, ...(claimant !== undefined && { claimant }) }, data, metadata);
  const rehearse = (place: { journeyId: string }) => rehearseOnJourney(services, metadata, order(place));
  const place = await placeContact(services, metadata, target, when.occurredAt, rehearse);
  switch (place.kind) {
    case 'refused':
      return place;
    case 'journey': {
      const { kind: _, met, read, ...at } = place;
      const outcome = await recordOnJourney(services, metadata, { ...order(at), ...(read !== undefined && { read }) });
      if (met !== undefined && outcome.kind === 'recorded') {
        const { customerId, before, ...rest } = met;
        await askAboutName(services, metadata, { customerId, before }, { ...rest, occurredAt: when.occurredAt, journeyId: at.journeyId });
      }
      return outcome;
    }
    case 'unidentified': {
      const { contactId, siteId } = place;
      const { callerName } = input;
      // Nobody left details, so there is nobody to tie it to: it has a stream of its own until they turn out to be known.
      const fact = { kind: definition.unidentified, data: { ...data, ...(callerName !== undefined && { callerName }) } as TouchpointData };
      return recordAtSite(services, metadata, {
        stream: streamName('contact', metadata.tenant, contactId),
        decider: contactDecider,
        command: { kind: 'record', contactId, siteId, ...when, fact },
        siteId,
        mentions: mentionsOf(['responsibleId'], data),
      });
    }
  }
}

async function recordOnRecord(
  services: CommandServices,
  metadata: CommandMetadata,
  definition: RecordCommand,
  input: Input,
): Promise<CommandOutcome> {
  const { begins, tying, category, idField } = definition;
  const named = input[idField] as string | undefined;
  const id = named ?? idOfNew(category, metadata);
  const data = stated(definition, input, metadata);
  const isNew = begins === true && named === undefined;
  const order = (about?: About): SiteOrder<unknown, unknown, EventShape, string> => ({
    stream: streamName(category, metadata.tenant, id),
    decider: definition.decider,
    command: definition.command({ id, ...whenOf(input), ...(about !== undefined && { about }) } satisfies RecordAct, data),
    mentions: mentionsOf(definition.users, data),
    ...(isNew && about !== undefined && { siteId: about.siteId }),
  });
  if (!isNew && tying !== true) return recordAtSite(services, metadata, order());
  const { journeyId, customerId, siteId } = input as { journeyId?: string; customerId?: string; siteId?: string };
  const wanted = {
    ...(journeyId !== undefined && { journeyId }),
    ...(customerId !== undefined && { customerId }),
    ...(siteId !== undefined && { siteId }),
    ...(tying && { tying }),
  };
  const about = await aboutNamed(services, metadata, wanted, (of) => rehearseAtSite(services, metadata, order(of)));
  return 'refusals' in about ? { kind: 'refused', ...about } : recordAtSite(services, metadata, order(about));
}

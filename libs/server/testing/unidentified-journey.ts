import { randomUUID } from 'node:crypto';
import type { CommandMetadata, CommandServices } from '@touchline/commands';
import { journeyOrder, recordOnJourney } from '@touchline/commands';
import { userIdOf } from '@touchline/commands/user-id.js';
import type { JsonObject } from '@touchline/core';
import type { ContactCommand } from '@touchline/touchpoints/command.js';
import type { JourneyOpening } from '@touchline/touchpoints/journey/contact.rules.js';
import { commandNamed } from '@touchline/touchpoints/list.js';

/** A journey whose customer nobody knows, as an import leaves it where the source names nobody (domain §15). */
export async function unidentifiedJourney(
  services: CommandServices,
  occurredAt: string,
  { opened, said }: { opened?: Partial<JourneyOpening>; said?: JsonObject } = {},
): Promise<string> {
  const [journeyId, id] = [randomUUID(), randomUUID()];
  const metadata: CommandMetadata = {
    ...{ tenant: 'dongfang', sites: 'all', actor: { kind: 'import', id: 'crm' }, history: true, commandId: id },
    ...{ requestHash: id, correlationId: id, causationId: id },
  };
  const opening = { siteId: 'pudong', unitId: 'shanghai-east', productLine: 'kaixuan', ordinal: 0, ...opened };
  const data = { channel: 'showroom', direction: 'in', responsibleId: userIdOf('dongfang', 'li'), batchSize: 1, first: true, ...said };
  const command = commandNamed('visit-received') as ContactCommand;
  const order = journeyOrder(command, { journeyId, opening, occurredAt }, { ...data, contactTaken: false }, metadata);
  const outcome = await recordOnJourney(services, metadata, order);
  if (outcome.kind === 'refused') throw new Error(outcome.refusals.map(({ code }) => code).join(', '));
  return journeyId;
}

import type { JsonObject } from '@touchline/core';
import { dataOf, streamName } from '@touchline/core';
import type { CommandOutcome } from '@touchline/event-store';
import { handleCommand } from '@touchline/event-store';
import type { Known, StreamCommand } from '@touchline/touchpoints/command.js';
import type { CommandMetadata, CommandServices } from './services.js';
import { senderOf } from './services.js';
import { streamExists } from './stream-exists.js';
import { userIdOf } from './user-id.js';

/** Runs a command on one of the group's own records, with what it is decided on beside that. */
export async function recordOnStream(
  services: CommandServices,
  metadata: CommandMetadata,
  definition: StreamCommand,
  input: JsonObject,
): Promise<CommandOutcome> {
  const { category, decider, command, facts, alone } = definition;
  const { tenant } = metadata;
  const id = idOf(tenant, definition, input);
  const data = dataOf(definition.fields, input) as JsonObject;
  const run = (): Promise<CommandOutcome> =>
    handleCommand(services.deps, {
      stream: streamName(category, tenant, id),
      decider,
      command: command(id, data, senderOf(metadata)),
      request: metadata,
      ...(facts && { context: () => facts(data, knownTo(services, metadata), id) }),
    });
  const outcome = await (alone ? services.administrators.alone(tenant, run) : run());
  await services.changed(category, tenant, id);
  return outcome;
}

/** A new user has the id that their login comes to. */
function idOf(tenant: string, { idField }: StreamCommand, input: JsonObject): string {
  const named = input[idField] as string;
  return idField === 'login' ? userIdOf(tenant, named) : named;
}

const knownTo = (services: CommandServices, { tenant, actor }: CommandMetadata): Known => ({
  unit: (unitId) => streamExists(services, streamName('unit', tenant, unitId)),
  site: async (siteId) => (await services.sites.site(tenant, siteId)) !== null,
  playbook: async (ref) => (await services.playbooks.find(tenant, ref)) !== undefined,
  lastAdministrator: (userId) => services.administrators.isLast(tenant, userId, actor.id),
});

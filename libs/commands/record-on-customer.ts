import type { JsonObject } from '@touchline/core';
import { dataOf, streamName } from '@touchline/core';
import type { CommandOutcome } from '@touchline/event-store';
import { handleCommand } from '@touchline/event-store';
import type { CustomerCommand } from '@touchline/touchpoints/command.js';
import { customerFold } from '@touchline/touchpoints/customer/customer.fold.js';
import { customerScope } from './customer-scope.js';
import type { CommandMetadata, CommandServices } from './services.js';
import { senderOf } from './services.js';

/** Runs a command on a customer, for a sender who may act on them (ADR 0013). */
export async function recordOnCustomer(
  services: CommandServices,
  metadata: CommandMetadata,
  { fields, decider, command, looks }: CustomerCommand,
  input: JsonObject,
): Promise<CommandOutcome> {
  const { deps } = services;
  const { customerId, occurredAt, corrects } = input as { customerId: string; occurredAt?: string; corrects?: string };
  if (looks) {
    // Whoever may no longer see the customer is refused even what they once looked at, so the scope comes before the key.
    const refusal = await customerScope(services, metadata, customerId);
    if (refusal !== null) return { kind: 'refused', refusals: [refusal] };
  }
  const act = { customerId, occurredAt: occurredAt ?? (await deps.clock.now()), ...(corrects !== undefined && { corrects }) };
  return handleCommand(deps, {
    stream: streamName(looks ? 'reveals' : 'customer', metadata.tenant, customerId),
    decider,
    command: command(act, dataOf(fields, input) as JsonObject, senderOf(metadata)),
    request: metadata,
    ...(!looks && {
      folds: [customerFold],
      context: async (stateOf) => {
        const refusal = await customerScope(services, metadata, customerId, stateOf(customerFold));
        return refusal === null ? {} : { refusal };
      },
    }),
  });
}

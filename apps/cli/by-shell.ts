import type { CommandMetadata } from '@touchline/commands/services.js';

/** Whoever is at the machine may act on the whole group. */
export const byShell = (tenant: string, commandId: string): CommandMetadata => ({
  ...{ tenant, sites: 'all', actor: { kind: 'system', id: 'cli' }, commandId },
  ...{ requestHash: commandId, correlationId: commandId, causationId: commandId },
});

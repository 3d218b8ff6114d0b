import { v5 as uuidv5 } from 'uuid';
import type { CommandMetadata } from '@touchline/commands';
import { TENANT } from './cast.js';

const DEMO = 'b2c7a3de-6a55-5d0a-8f3b-5b1b5d6a9e01';
/** Every recording of the demonstration has an id of its own, so that seeding twice, or after a crash, adds nothing. */
export const demoMetadata = (reference: string, tenant = TENANT): CommandMetadata => {
  const commandId = uuidv5(reference, DEMO);
  return {
    tenant,
    sites: 'all',
    actor: { kind: 'import', id: 'demo' },
    source: { system: 'demo', reference },
    commandId,
    requestHash: reference,
    correlationId: commandId,
    causationId: commandId,
    history: true,
  };
};

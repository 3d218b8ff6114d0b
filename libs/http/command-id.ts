import { nameUuid } from '@touchline/event-store';

const COMMANDS = '6f0f3f0e-55a3-5f6e-8a1a-9f2b7c1d4e10';

/** commandId = UUIDv5(tenant, caller, key): the same key of the same caller is the same command (ADR 0003). */
export const commandIdOf = (tenant: string, callerId: string, key: string): string => nameUuid([tenant, callerId, key].join('|'), COMMANDS);

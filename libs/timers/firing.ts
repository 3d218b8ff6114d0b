import type { Timer } from '@touchline/core';
import type { CommandRequest } from '@touchline/event-store';
import { nameUuid } from '@touchline/event-store';

const FIRINGS = '6f0f8a3e-5b57-5d0e-9c43-0d6f2f7f5b1a';

/** Who sends it: the same timer, due at the same instant, is the same command, however often and by whomever it is fired. */
export function firingOf({ key, tenant, kind, dueAt, cause }: Timer): CommandRequest {
  const commandId = nameUuid([key, dueAt, kind].join('|'), FIRINGS);
  return { tenant, actor: { kind: 'system', id: 'timers' }, commandId, requestHash: commandId, correlationId: cause, causationId: cause };
}

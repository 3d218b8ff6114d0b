import { recordOnJourney } from '@touchline/commands';
import type { Position } from '@touchline/core';
import { toIso } from '@touchline/core';
import { TENANT } from '@touchline/demo/cast.js';
import { demoMetadata } from '@touchline/demo/metadata.js';
import type { Platform } from '@touchline/platform';
import { callDecider } from '@touchline/touchpoints/call/call.decider.js';
import { SENDER } from '../data/prepare.js';

/** Records a call that was just made; resolves with its answer. */
export async function recordCall({ services }: Platform, reference: string, journeyId: string): Promise<Position> {
  const occurredAt = toIso(Date.now() - 1_000);
  const data = { channel: 'phone', direction: 'out', responsibleId: SENDER, reached: true } as const;
  const outcome = await recordOnJourney(services, demoMetadata(reference), {
    journeyId,
    decider: callDecider,
    command: { journeyId, occurredAt, fact: { type: 'call-made', data } },
  });
  if (outcome.kind === 'refused' || outcome.position === null) throw new Error(`a call on ${journeyId} of ${TENANT} was refused`);
  return outcome.position;
}

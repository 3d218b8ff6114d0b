import type { Decider } from '@touchline/core';
import { accept } from '@touchline/core';
import type { EventSkipped, SkipEvent } from './skip.events.js';

export interface SkipCommand {
  skip: EventSkipped;
  occurredAt: string;
}

/** Leaving an event out is a fact for good: it holds on every rebuild, and saying it twice changes nothing. */
export const skipDecider: Decider<readonly string[], SkipCommand, SkipEvent> = {
  fold: { name: 'skipped', initial: [], evolve: (skipped, event) => [...skipped, (event.data as EventSkipped).eventId] },
  decide: (skipped, { skip, occurredAt }) =>
    skipped.includes(skip.eventId) ? accept() : accept({ type: 'event-skipped', data: skip, occurredAt, subjects: {} }),
};

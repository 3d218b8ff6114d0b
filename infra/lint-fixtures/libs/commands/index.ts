import type { Event } from '@touchline/core';
import type { EventStore } from '@touchline/event-store';
import { latest } from '@touchline/touchpoints/call/call.decider.js';

export const record = async (store: EventStore, event: Event): Promise<string> => {
  await store.append(event);
  return latest.name;
};

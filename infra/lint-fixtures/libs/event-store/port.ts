import type { Event } from '@touchline/core';

export interface EventStore {
  append(event: Event): Promise<void>;
}

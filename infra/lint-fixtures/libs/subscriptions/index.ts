import type { EventStore } from '@touchline/event-store';

export const subscriber = (store: EventStore): EventStore => store;

// breaks: domain-imports
export type { EventStore } from '@touchline/event-store';

import type { Event } from '@touchline/core';

export interface VisitReceived extends Event {
  type: 'visit-received';
}

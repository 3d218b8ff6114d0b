import type { Event } from '@touchline/core';

export interface CallReceived extends Event {
  type: 'call-received';
}

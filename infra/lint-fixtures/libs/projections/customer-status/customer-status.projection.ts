import type { CallReceived } from '@touchline/touchpoints/call/call.events.js';
import type { CustomerStatus } from './customer-status.entity.js';

export const evolve = ({ id }: CustomerStatus, call: CallReceived): CustomerStatus => ({
  id: call.occurredAt === '' ? id : call.occurredAt,
});

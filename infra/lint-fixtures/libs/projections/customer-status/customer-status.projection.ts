import type { CallReceived } from '@touchline/touchpoints/call/call.events.js';

export const evolve = (rows: number, call: CallReceived): number => (call.occurredAt === '' ? rows : rows + 1);

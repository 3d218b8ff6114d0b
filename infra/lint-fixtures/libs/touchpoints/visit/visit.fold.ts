import type { VisitReceived } from './visit.events.js';

export const kindOf = (event: VisitReceived): string => event.type;

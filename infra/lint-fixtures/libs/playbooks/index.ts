import type { Event } from '@touchline/core';

export const stageOf = (event: Event): string => event.type;

import type { Event } from '@touchline/core';

export interface Stages {
  of(event: Event): string;
}

export const noStages: Stages = { of: () => '' };

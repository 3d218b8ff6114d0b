import { expect, it } from '@jest/globals';
import { string } from 'fast-check';
import { fixedClock } from '@touchline/testing/clock.js';
import { latest } from './call.decider.js';

it('may reach for everything, being a test', () => {
  expect([latest, string, fixedClock, Date.now()]).toHaveLength(4);
});

// breaks: no-test-code
export { fixedClock } from '@touchline/testing/clock.js';

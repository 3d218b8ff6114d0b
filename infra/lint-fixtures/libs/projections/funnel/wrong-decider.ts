// breaks: projections-read-events
export { latest } from '@touchline/touchpoints/call/call.decider.js';

// breaks: controller-stays-home
export { latest } from '@touchline/touchpoints/call/call.decider.js';

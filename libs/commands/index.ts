export * from './services.js';
export * from './record-on-journey.js';
export * from './find-journey.js';
export * from './place-contact.js';
export * from './record.js';
export { personAt } from './reveal.js';
export type { CustomerOrder } from './customers.js';
export type { Person } from '@touchline/touchpoints/customer/person.events.js';

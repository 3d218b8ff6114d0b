export * from './customers.js';
export * from './erase.js';
export type { IdentityServices } from './holdings.js';
export * from './identifiers.js';
export * from './last-four.js';
export * from './phone.js';

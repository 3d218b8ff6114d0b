export * from './customers.js';
export * from './erase.js';
export type { IdentityServices } from './holdings.js';
export * from './identifiers.js';
export type { IdentityRejection } from './choose.js';
export * from './phone.js';

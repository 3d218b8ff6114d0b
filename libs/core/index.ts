export * from './json.js';
export * from './position.js';
export * from './event.js';
export * from './event-definition.js';
export * from './decider.js';
export * from './corrections.js';
export * from './projection.js';

export * from './firing.js';
export * from './migrations.js';
export * from './run-timers.js';
export * from './standing.js';

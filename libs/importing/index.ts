export * from './faults.js';
export * from './retry-transient.js';
export * from './record-cases.js';
export * from './run-import.js';
export * from './summary.js';

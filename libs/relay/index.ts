export * from './errors.js';
export * from './manifest.js';
export * from './migrations.js';
export * from './transaction-builder.js';
export * from './record.js';
export * from './run-relay.js';
export * from './status.js';
export * from './topic-specs.js';

export * from './erasure-watch.js';
export * from './open-log.js';
export * from './platform.js';
export * from './projector.js';
export * from './rebuilds.js';
export * from './log-heads.js';
export * from './row-checks.js';
export * from './relay.js';

export * from './copy/compare-logs.js';
export * from './copy/copies.js';
export * from './copy/copy-log.js';
export * from './migrations.js';
export * from './positions/keepers.js';
export * from './positions/move-positions.js';

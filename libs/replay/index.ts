export * from './as-of.js';
export * from './changes.js';
export * from './moments.js';
export * from './replay.js';
export * from './walk.js';

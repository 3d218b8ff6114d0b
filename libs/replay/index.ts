export * from './as-of.js';
export * from './replay.js';

export * from './platform.js';
export * from './projector.js';

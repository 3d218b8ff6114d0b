export * from './cast.js';
export * from './seed.js';

export * from './answer.js';
export * from './fields.js';
export * from './issuing.js';
export * from './problem.js';
export * from './well-formed.js';
export * from './documented.js';
export * from './pick.js';

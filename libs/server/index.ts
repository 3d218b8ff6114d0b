export * from './create-api.js';
export * from './openapi.js';

export * from './create-api.js';
export * from './create-health-server.js';
export * from './openapi.js';

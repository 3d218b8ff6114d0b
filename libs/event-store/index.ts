export * from './port.js';
export * from './errors.js';
export * from './event-codec.js';
export * from './handle-command.js';
export * from './name-uuid.js';
export * from './recent-streams.js';
export * from './folded-streams.js';

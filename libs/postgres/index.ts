export * from './binary-arrays.js';
export * from './embedded-postgres.js';
export * from './errors.js';
export * from './gathered.js';
export * from './notifications.js';
export * from './pool.js';
export * from './running-embedded.js';
export * from './sql-migrations.js';

export * from './digest.js';
export * from './erasures.js';
export * from './errors.js';
export * from './master-keys.js';
export * from './migrations.js';
export * from './personal-keys.js';
export * from './personal-sealing.js';
export * from './secret-marks.js';

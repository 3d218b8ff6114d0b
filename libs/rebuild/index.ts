export * from './build-run.js';
export * from './compare.js';
export * from './progress.js';
export * from './rebuilder.js';
export * from './switch-build.js';
export * from './verify/row-checks.js';
export * from './verify/row-verifier.js';
export * from './verify/verify-rows.js';

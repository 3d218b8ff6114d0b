import { availableParallelism } from 'node:os';

/** @type {import('jest').Config} */
export default {
  rootDir: '.',
  // Most suites wait for servers: two at once even where there are but two cores.
  maxWorkers: Math.max(2, availableParallelism() - 1),
  roots: ['<rootDir>/libs', '<rootDir>/apps'],
  testMatch: ['**/*.spec.ts', '**/*.int-spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
          keepClassNames: true,
        },
        module: { type: 'es6' },
      },
    ],
  },
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^@touchline/([^/]+)$': '<rootDir>/libs/$1/index.ts',
    '^@touchline/(.*)\\.js$': '<rootDir>/libs/$1.ts',
  },
  globalSetup: '<rootDir>/libs/testing/global-setup.ts',
  globalTeardown: '<rootDir>/libs/testing/global-teardown.ts',
  testTimeout: 240_000,
  // Each file's modules stay in the memory of its worker: one that has grown is put another in place of.
  workerIdleMemoryLimit: '1GB',
  reporters: ['default', '<rootDir>/infra/jest-summary-reporter.cjs'],
};

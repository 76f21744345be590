/** TypeScript runs under jest as ES modules; swc only strips the types, as Node itself does elsewhere. */
export default {
  rootDir: import.meta.dirname,
  roots: ['<rootDir>/packages', '<rootDir>/services', '<rootDir>/tests'],
  testMatch: ['**/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': ['@swc/jest', { module: { type: 'es6' }, jsc: { parser: { syntax: 'typescript' }, target: 'es2024' } }],
  },
  testEnvironment: 'node',
  // Processes and servers are started, and a machine may be busy: whoever hangs is ended, whoever is slow is not.
  testTimeout: 120_000,
  // Much of the time is spent waiting for servers, so every core has a worker.
  maxWorkers: '100%',
  globalSetup: '<rootDir>/tests/servers/jest-setup.js',
  globalTeardown: '<rootDir>/tests/servers/jest-teardown.js',
};

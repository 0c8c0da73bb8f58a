import { availableParallelism } from 'node:os';

// The SDK warns of Node versions that it will leave next year; a test's output is for its results.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

/** @type {import('jest').Config} */
export default {
  runtime: '<rootDir>/test/support/jestRuntime.cjs',
  testEnvironment: '<rootDir>/test/support/jestEnvironment.cjs',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  transform: {
    '^.+\\.[cm]?ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  testSequencer: '<rootDir>/test/support/sequencer.cjs',
  testTimeout: 60_000,
  // One more than processors, because some tests wait for processes, servers and timeouts.
  maxWorkers: availableParallelism() + 1,
};

import { availableParallelism } from 'node:os';

// The SDK warns of Node versions that it will leave next year; a test's output is for its results.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  transform: {
    '^.+\\.[cm]?[jt]s$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  // These ship ES modules only; jest runs CommonJS.
  transformIgnorePatterns: ['/node_modules/(?!(@faker-js|cuss|fast-check|jose|pure-rand)/)'],
  testSequencer: '<rootDir>/test/support/sequencer.cjs',
  testTimeout: 60_000,
  // One more than processors, because some tests wait for processes, servers and timeouts.
  maxWorkers: availableParallelism() + 1,
  // Jest runs each test file in a context of its own, where every use of a global is a slow call. These are passed in as
  // parameters instead: a test that sends many requests with the SDK takes two thirds of the time.
  sandboxInjectedGlobals: [
    ...[
      'Array',
      'Buffer',
      'Date',
      'Error',

      'JSON',
      'Map',
      'Math',
      'Number',
      'Object',
      'Promise',
      'Proxy',
    ],
    ...['Reflect', 'RegExp', 'Set', 'String', 'Symbol', 'Uint8Array', 'WeakMap', 'process'],
    ...['setTimeout', 'clearTimeout'],
  ],
};

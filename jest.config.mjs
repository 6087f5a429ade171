/** Each project is one size of test: pure files, one real dependency, the whole service over HTTP. */
const size = (displayName, testRegex, more = {}) => ({
  displayName,
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/test'],
  testRegex,
  // Node itself loads the compiled test files (test/runner).
  runtime: '<rootDir>/dist/test/runner/runtime.js',
  testEnvironment: '<rootDir>/dist/test/runner/environment.js',
  injectGlobals: false,
  transform: {},
  ...more,
});

/** Starts Postgres and Valkey for tests against one real dependency, and a whole Timbre for those over HTTP. */
const withServices = {
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
};
const withStack = { ...withServices, globalSetup: '<rootDir>/test/support/e2e-setup.mjs' };

export default {
  projects: [
    size('unit', '(?<!medium-|e2e-|operators-|gpu-|clients-|console-)spec\\.ts$'),
    size('medium', '\\.medium-spec\\.ts$', withServices),
    size('e2e', '\\.e2e-spec\\.ts$', withStack),
    // What operators run beside Timbre: real Redis flavours, nginx, pg_dump; upgrades. And what takes long: `npm start` in a
    // clone, an hour's recording. `npm run test:operators`.
    size('operators', '\\.operators-spec\\.ts$', withServices),
    // Clients in TypeScript and Python that are generated from openapi.json, and Schemathesis: `npm run test:clients`.
    size('clients', '\\.clients-spec\\.ts$', withStack),
    // Every page of the console in Chromium: `npm run test:console`.
    size('console', '\\.console-spec\\.ts$', {
      globalSetup: '<rootDir>/test/console/global-setup.mjs',
      globalTeardown: '<rootDir>/test/console/global-teardown.mjs',
    }),
    // With pocket-tts itself, in Python: `npm run test:gpu`.
    size('gpu', '\\.gpu-spec\\.ts$'),
  ],
  testSequencer: '<rootDir>/test/runner/longest-first.mjs',
  testTimeout: 300_000, // ends what hangs; CI runs several of these at once on two cores
  maxWorkers: 4, // on two cores: much of the time is waiting
  // By default half a second, which a busy machine needs to end a process. One that really hangs is still reported.
  workerGracefulExitTimeout: 10_000,
};

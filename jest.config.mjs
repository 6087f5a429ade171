// Nest 12 and archiver 8 are ESM-only and Jest cannot require(esm) below Node 24.9: Jest runs in CommonJS mode and swc
// turns our TypeScript and those packages into CommonJS (cached after the first run).
const swc = {
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    keepClassNames: true,
  },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
};
const esmPackages = [
  '@nestjs',
  'archiver',
  'compress-commons',
  'crc32-stream',
  'zip-stream',
  'is-stream',
  'file-type',
  'strtok3',
  'token-types',
  'uint8array-extras',
  '@tokenizer',
  '@borewit',
];

/** Each project is one size of test: pure files, one real dependency, the whole service over HTTP. */
const size = (displayName, testRegex, more = {}) => ({
  displayName,
  testEnvironment: 'node',
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/test'],
  testRegex,
  moduleFileExtensions: ['ts', 'js', 'mjs', 'json'],
  moduleNameMapper: {
    '^#libs/(.*)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: {
    '^.+\\.ts$': ['@swc/jest', swc],
    '^.+\\.m?js$': ['@swc/jest', { ...swc, jsc: { target: 'es2022', parser: { syntax: 'ecmascript' } } }],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esmPackages.join('|')})/)`],
  ...more,
});

/** Postgres and Valkey for tests against one real dependency; a whole Timbre besides for those over HTTP. */
const withServices = {
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
};
const withStack = { ...withServices, globalSetup: '<rootDir>/test/support/e2e-setup.mjs' };

export default {
  projects: [
    size('unit', '(?<!medium-|e2e-|operators-)spec\\.ts$'),
    size('medium', '\\.medium-spec\\.ts$', withServices),
    size('e2e', '\\.e2e-spec\\.ts$', withStack),
    // What operators run beside Timbre: real Redis flavours, nginx, pg_dump; upgrades. `npm run test:operators`.
    size('operators', '\\.operators-spec\\.ts$', withServices),
  ],
  testTimeout: 120_000,
  maxWorkers: 2, // also on two cores, where Jest would use one: much of the time is waiting
};

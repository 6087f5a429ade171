/**
 * Import rules that hold everywhere. Which room may import which other one is in the table of docs/architecture.md, and
 * test/architecture compares that with the code.
 */
const specs = '\\.(spec|medium-spec|operators-spec)\\.ts$';
const only = (name, moduleName, allowed) => ({
  name,
  severity: 'error',
  comment: `${moduleName} is imported only where the design keeps it`,
  from: { path: '^(apps|libs)/', pathNot: [specs, ...allowed] },
  to: { path: `^node_modules/${moduleName}/` },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-lib-imports-an-app', severity: 'error', from: { path: '^libs/' }, to: { path: '^apps/' } },
    {
      name: 'apps-never-import-each-other',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'doors',
      severity: 'error',
      comment: 'another lib is entered by its index.ts',
      from: { path: '^(apps|libs)/([^/]+)/', pathNot: specs },
      to: { path: '^libs/[^/]+/src/', pathNot: ['^libs/[^/]+/src/index\\.ts$', '^$1/$2/'] },
    },
    only('typeorm-in-its-place', 'typeorm', ['^libs/database/', '\\.repository\\.ts$']),
    only('bull-in-its-place', '(@nestjs/)?bull', ['^libs/jobs/', '^apps/worker/']),
    only('express-and-multer-in-the-api', '(express|multer)', ['^apps/api/', '^apps/runpod-emulator/']),
    only('ffmpeg-in-libs-audio', 'fluent-ffmpeg', ['^libs/audio/']),
    only('prom-client-in-libs-metrics', 'prom-client', ['^libs/metrics/']),
    only('opentelemetry-in-libs-tracing', '@opentelemetry', ['^libs/tracing/']),
    only('react-in-the-console', '(react|react-dom|react-aria-components|@tanstack|wavesurfer\\.js)', [
      '^apps/console/',
    ]),
    only('commander-in-the-cli', '(commander|env-paths|@bomb\\.sh)', ['^apps/cli/']),
    only('bull-board-in-the-api', '@bull-board', ['^apps/api/']),
    {
      name: 'not-to-unresolvable',
      severity: 'error',
      from: { path: '^(apps|libs|test)/' },
      // timbre-api and hey-api: what a test generates beside a copy of its program.
      to: { couldNotResolve: true, pathNot: '\\.json$|/timbre-api\\.js$|/hey-api/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'require', 'node', 'default'],
      mainFields: ['types', 'main'],
    },
  },
};

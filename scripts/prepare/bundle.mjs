import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { progress } from './progress.mjs';
import { isForTests } from './sources.mjs';

/** The programs that start as one file each, with the compiled entry module of each. */
const programs = {
  api: 'dist/apps/api/src/main.js',
  worker: 'dist/apps/worker/src/main.js',
  emulator: 'dist/apps/runpod-emulator/src/main.js',
  migrate: 'dist/apps/api/src/migrate.main.js',
};

/** Programs that also run alone, copied to another machine: all they need is in the file. */
const standing = { cli: 'dist/apps/cli/src/main.js' };

/** Files that a program starts as a thread. Their path relative to the program is the same as in dist/apps. */
const threads = { 'engine/engine-thread': 'dist/apps/runpod-emulator/src/engine/engine-thread.js' };

/**
 * Packages that stay in node_modules: those that read files beside themselves (pino's threads, Swagger UI's assets) and
 * optional ones that not every installation has. A clone for tests makes the same bundle as the image.
 */
const external = [
  'pino',
  'swagger-ui-dist',
  '@nestjs/microservices',
  '@nestjs/websockets',
  '@fastify/static',
  'pg-native',
  'supports-color',
];

/** The variables that CommonJS packages expect in a module. */
const banner = `import { createRequire as bundleRequire } from 'node:module';
import { fileURLToPath as bundlePath } from 'node:url';
const require = bundleRequire(import.meta.url), __filename = bundlePath(import.meta.url), __dirname = bundlePath(new URL('.', import.meta.url));`;

/** Node reads the source maps of modules that are imported after this call. */
const starter = (name) => `process.setSourceMapsEnabled(true);\nawait import('./bundle/${name}.js');\n`;

const recordOf = (root) => path.join(root, 'dist/.bundled');

/** @param record of the build: the stamps of the sources that dist/ was made of */
function fingerprint(record) {
  const running = Object.entries(record.files).filter(([file]) => !isForTests(file));
  const hash = createHash('sha256').update(record.settings);
  for (const [file, stamp] of running.sort()) hash.update(`${file} ${stamp}\n`);
  return hash.digest('hex');
}

function present(root, modules) {
  return Object.entries(modules).filter(([, module]) => fs.existsSync(path.join(root, module)));
}

/** Returns whether the programs in dist/ match dist/apps and dist/libs. */
export function bundlesAreFresh(root, record) {
  const files = present(root, { ...programs, ...standing }).map(([name]) => path.join(root, 'dist', `${name}.js`));
  if (!files.every((file) => fs.existsSync(file))) return false;
  if (files.length === 0) return true;
  return fs.existsSync(recordOf(root)) && fs.readFileSync(recordOf(root), 'utf8') === fingerprint(record);
}

/** Returns the files that the programs consist of, relative to the clone. */
export function bundledFiles(root) {
  const folder = 'dist/bundle';
  const parts = fs.readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true });
  return [
    ...Object.keys({ ...programs, ...standing }).map((name) => `dist/${name}.js`),
    ...parts.filter((part) => part.isFile()).map((part) => path.relative(root, path.join(part.parentPath, part.name))),
  ];
}

/** Replaces a file atomically, because a program may start meanwhile. */
function put(file, contents, mode = 0o644) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(`${file}.new`, contents, { mode });
  fs.renameSync(`${file}.new`, file);
}

/**
 * Fixes the names of classes. esbuild renames a class that mentions itself, or whose name another file also uses: to
 * `_AppError` or `Table2`. Nest, Swagger and TypeORM use class names, and logs show them. esbuild's own `keepNames` also
 * names every function that a request creates, which costs 4 to 14 % of its CPU time.
 */
const withClassNames = (code) =>
  code.replaceAll(
    /^((?:export )?(?:let \w+ = (?:\w+ = )?)?class (\w+)(?: extends [^{\n]+)? \{)/gm,
    `$1 static { Object.defineProperty(this, 'name', { value: '$2', configurable: true }); }`,
  );

const nameClasses = {
  name: 'name-classes',
  setup(build) {
    build.onLoad({ filter: /\/dist\/(apps|libs)\/.*\.js$/ }, async ({ path: file }) => {
      return { contents: withClassNames(await fs.promises.readFile(file, 'utf8')), loader: 'js' };
    });
  },
};

/**
 * Names the classes of packages, too, and reduces the source map of a package's file to the file's name. With every line of
 * 3,000 files, Node would block an API for a third of a second at the first error that it logs.
 */
const mapPackagesByFile = {
  name: 'map-packages-by-file',
  setup(build) {
    build.onLoad({ filter: /\/node_modules\/.*\.[cm]?js$/ }, async ({ path: file }) => {
      const map = { version: 3, sources: [path.basename(file)], names: [], mappings: 'AAAA' };
      const url = `data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}`;
      const code = withClassNames(await fs.promises.readFile(file, 'utf8'));
      return { contents: `${code}\n//# sourceMappingURL=${url}`, loader: 'js' };
    });
  },
};

/** Writes the programs that people start by their names: whole, and executable. */
async function bundleStanding(root, build) {
  const { version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(present(root, standing)),
    outdir: path.join(root, 'dist'),
    ...{ bundle: true, platform: 'node', format: 'esm', target: 'node20', legalComments: 'inline' },
    banner: { js: `#!/usr/bin/env node\n${banner}` },
    define: { timbreVersion: JSON.stringify(version) },
    ...{ write: false, logLevel: 'error' },
  });
  for (const { path: file, contents } of outputFiles) put(file, contents, 0o755);
}

/**
 * Bundles each program into one file. It loads in a third of the time that Node takes for 2,000 modules.
 */
export async function bundle(root, record) {
  const found = present(root, programs);
  if (found.length === 0) return;
  progress(`Bundling ${found.length} programs`);
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries([...found, ...present(root, threads)]),
    outdir: path.join(root, 'dist/bundle'),
    ...{ bundle: true, platform: 'node', format: 'esm', target: 'node20' },
    ...{
      external,
      banner: { js: banner },
      sourcemap: true,
      sourcesContent: false,
      plugins: [mapPackagesByFile, nameClasses],
    },
    ...{ write: false, logLevel: 'error' },
  });
  for (const { path: file, contents } of outputFiles) put(file, contents);
  for (const [name] of found) put(path.join(root, 'dist', `${name}.js`), starter(name));
  await bundleStanding(root, build);
  fs.writeFileSync(recordOf(root), fingerprint(record));
}

import fs from 'node:fs';
import path from 'node:path';
import { compiled, sources } from '../prepare/build.mjs';
import { bundledFiles } from '../prepare/bundle.mjs';
import { consoleFiles } from '../prepare/console.mjs';

/** Files for the operator: settings, units, proxy and monitoring files, docs and licences. */
const besides = [
  'package.json',
  'package-lock.json',
  'openapi.json',
  'LICENSE',
  'NOTICE.md',
  'SECURITY.md',
  'CHANGELOG.md',
  '.env.example',
  'deploy',
  'docs',
];

/** Types and source maps are more than half of the packages' bytes, and running needs neither. */
const isForDevelopment = (file) => /(\.map|\.[cm]?ts)$/.test(file);

/** Returns the files of a folder, relative to the root. Nested packages are left out: they have entries of their own. */
function filesIn(root, folder) {
  return fs.readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesIn(root, file);
    return entry.isFile() ? [file] : [];
  });
}

/**
 * Returns the folders of the packages that running needs, by the lock file. Optional packages are left out: they belong to
 * `npm start` or to one platform, and a package runs on any.
 */
function runtimePackages(root) {
  const { packages } = JSON.parse(fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  return Object.entries(packages)
    .filter(([place, { dev, optional, devOptional, link }]) => {
      return place.startsWith('node_modules/') && !(dev || optional || devOptional || link);
    })
    .map(([place]) => place);
}

/**
 * Returns the programs with their source maps, and their compiled modules, which service files of earlier releases start.
 * Tests, `npm start` and what only the console and the command line consist of are left out.
 */
function program(root) {
  const isOfStart = /^(apps\/standalone|libs\/local-services|apps\/cli|libs\/client)\//;
  const running = sources(root, 'running').filter((file) => !file.endsWith('.d.ts') && !isOfStart.test(file));
  return [...bundledFiles(root), ...running.map((file) => path.relative(root, compiled(root, file)))];
}

/** Returns every file of a package in a fixed order, by its path in the clone, which is its path in the package. */
export function contents(root) {
  const more = besides.flatMap((name) =>
    fs.statSync(path.join(root, name)).isDirectory() ? filesIn(root, name) : [name],
  );
  const packages = runtimePackages(root).flatMap((place) => filesIn(root, place));
  return [
    ...more,
    ...program(root),
    ...consoleFiles(root),
    ...packages.filter((file) => !isForDevelopment(file)),
  ].sort();
}

/*
 * `npm run dev` starts the API and the worker with this module before their own (`node --import`). A process can then be
 * spawned ahead: it loads its packages, which take most of a start, and waits. At `load` it loads our code, at `run` it
 * runs. Imports Node's own modules only.
 */
import { readFileSync } from 'node:fs';
import inspector from 'node:inspector';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** Packages that Nest loads itself when it creates an application. */
const loadedByNest = ['@nestjs/platform-express', 'express'];

/** Returns what a compiled module imports. TypeScript writes each import on one line. */
function importsOf(file: string): string[] {
  const lines = readFileSync(file, 'utf8').matchAll(/^(?:import|(?:import|export) .* from) '([^']+)';$/gm);
  return [...lines].flatMap(([, imported]) => imported ?? []);
}

/** Returns the compiled file of an import, undefined for a package. */
function ownFile(imported: string, importer: string): string | undefined {
  if (imported.startsWith('.')) return path.resolve(path.dirname(importer), imported);
  const lib = /^#libs\/(.+)$/.exec(imported)?.[1];
  return lib === undefined ? undefined : path.resolve(import.meta.dirname, '../../../libs', lib, 'src/index.js');
}

/** Returns the packages that a program imports, itself or through our modules. */
function packagesOf(program: string): Set<string> {
  const files = new Set([program]);
  const packages = new Set(loadedByNest);
  for (const file of files) {
    for (const imported of importsOf(file)) {
      const own = ownFile(imported, file);
      if (own === undefined) packages.add(imported);
      else files.add(own); // also visited: a Set's loop sees what is added
    }
  }
  return packages;
}

/** Loads all of a program but its first module, which runs it. */
async function loadCode(program: string): Promise<void> {
  const files = importsOf(program).flatMap((imported) => ownFile(imported, program) ?? []);
  await Promise.all(files.map((file) => import(pathToFileURL(file).href)));
}

function followOrders(program: string): Promise<void> {
  return new Promise((run, fail) => {
    const orphaned = (): void => process.exit(1);
    const take = (order: unknown): void => {
      if (order === 'load') loadCode(program).then(() => process.send?.('loaded'), fail);
      if (order !== 'run') return;
      process.off('message', take);
      process.off('disconnect', orphaned);
      run();
    };
    process.on('message', take);
    process.on('disconnect', orphaned);
  });
}

const program = path.resolve(process.argv[1] ?? '');
const ordered = followOrders(program);
for (const each of packagesOf(program)) await import(each);
await ordered;
// At the port of --inspect-port, which the process before has released by now.
inspector.open();

// `npm run dev`: `npm start` that follows the sources. What changes is compiled file by file, then the API and the worker
// start again. Types are checked beside it, with the lowest priority: an error is shown and stops nothing.
// CONTRIBUTING.md says how to attach a debugger.
import { spawn } from 'node:child_process';
import { readdirSync, watch } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
// Not `bin/tsc`, which starts the compiler and would leave it running when it is ended itself.
import compilerPath from '../node_modules/typescript-7/lib/getExePath.js';
import { compileChanges } from './prepare/build.mjs';
import { buildConsole, consoleIsFresh, hasConsole } from './prepare/console.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const say = (name, line) => process.stdout.write(`${name.padEnd(8)} | ${line}\n`);

/** Editors write a file in several steps, and a change of branch touches many. */
const quietMs = 50;

/** Checks of types that run now, by their project. */
const checks = new Map();
const wrongProjects = new Set();

/** Checks types, and ends a check of what was there before. Shows errors, and that there are none any more. */
function checkTypes() {
  for (const project of ['tsconfig.json', ...(hasConsole(root) ? ['apps/console'] : [])]) {
    checks.get(project)?.kill('SIGKILL');
    const info = path.join(root, '.cache', `${project.replace('/', '-')}.tsbuildinfo`);
    const args = ['-p', project, '--noEmit', '--incremental', '--tsBuildInfoFile', info];
    const check = spawn(compilerPath(), args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    checks.set(project, check);
    os.setPriority(check.pid, os.constants.priority.PRIORITY_LOW);
    createInterface(check.stdout).on('line', (line) => say('types', line));
    check.on('close', (code) => {
      if (code === 0 && wrongProjects.delete(project)) say('types', 'No errors');
      if (code !== 0 && code !== null) wrongProjects.add(project);
    });
  }
}

function startTimbre() {
  const main = path.join(root, 'dist/apps/standalone/src/main.js');
  // Node 22 and newer keep compiled code between starts.
  const env = { NODE_COMPILE_CACHE: path.join(root, '.cache/node'), ...process.env };
  return spawn(process.execPath, [main, '--dev'], { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
}

/** Compiles what changed and has it started. A source that cannot be compiled is shown; what runs goes on running. */
async function follow(timbre) {
  try {
    const { changed } = await compileChanges(root, 'running');
    if (changed.length > 0) {
      say(
        'dev',
        `Changed: ${changed.slice(0, 3).join(', ')}${changed.length > 3 ? ` and ${changed.length - 3} more` : ''}`,
      );
      timbre.send(changed);
    }
    if (!consoleIsFresh(root, true)) {
      await buildConsole(root, true);
      say('dev', 'The console was built: reload its page');
    }
  } catch (error) {
    say('dev', error.message);
  }
}

const timbre = startTimbre();
checkTypes();
void import('typescript'); // so that the first change does not wait for it
void import('vite').catch(() => undefined); // neither
const watched = new Set();

/**
 * Watches every folder of the sources, also new ones. Node's own recursive watch follows files, and on Linux it loses those
 * that an editor replaces.
 */
function watchSources(onChange) {
  for (const top of ['apps', 'libs']) {
    const entries = readdirSync(path.join(root, top), { recursive: true, withFileTypes: true });
    const folders = entries
      .filter((entry) => entry.isDirectory())
      .map(({ parentPath, name }) => path.join(parentPath, name));
    for (const folder of [path.join(root, top), ...folders]) {
      if (watched.has(folder)) continue;
      const forget = () => watched.delete(folder);
      try {
        watch(folder, onChange).on('error', forget).on('close', forget);
        watched.add(folder);
      } catch {
        // It has been removed meanwhile.
      }
    }
  }
}

let timer;
let work = Promise.resolve();
function onChange() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    watchSources(onChange);
    work = work.then(() => follow(timbre)).then(checkTypes);
  }, quietMs);
}
watchSources(onChange);

// Ctrl-C reaches Timbre too, which stops its parts in order; what follows is its end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => timbre.kill('SIGTERM'));
timbre.on('exit', (code) => {
  for (const check of checks.values()) check.kill('SIGKILL');
  process.exit(code ?? 1);
});

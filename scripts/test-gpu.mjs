// `npm run test:gpu`: the tests of the GPU handler, with the real pocket-tts, RunPod's real SDK and a real scorer, and one
// voice through all of Timbre. Installs by itself what it needs: Python packages in .cache/gpu, 5 GB. Everything runs,
// whatever the others did. The last line is the sum: ruff and mypy count as one each, pytest and Jest by their tests.
//
//   npm run test:gpu -- -k embed    only these tests of the handler (pytest's own flags), and nothing else
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { handlerFolder, pythonEnvironment } = await import('../dist/apps/standalone/src/gpu/python-environment.js');
const cache = path.join(root, '.cache', 'gpu');
const pytestArgs = process.argv.slice(2);

/** Runs a command with its output shown when it ends, so that two can run side by side. */
function run(name, command, args, { cwd = handlerFolder, env = {} } = {}) {
  const started = Date.now();
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
    child.on('error', (error) => (said += error.message));
    child.on('close', (code) => {
      console.log(`== ${name}, ${Math.round((Date.now() - started) / 1000)} s\n${said.trimEnd()}`);
      resolve({ code: code ?? 1, said });
    });
  });
}

const one = async (name, command, args) => {
  const { code } = await run(name, command, args);
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 };
};

/** A run that failed without naming a test, or that tested nothing, counts as one failure. */
const counted = (code, passed, failed) => ({
  passed,
  failed: failed === 0 && (code !== 0 || passed === 0) ? 1 : failed,
});

async function pytest(python) {
  const args = ['-m', 'pytest', '-q', '--durations=5', ...pytestArgs];
  const { code, said } = await run('pytest', python, args);
  const last = said.trimEnd().split('\n').at(-1) ?? '';
  const count = (word) => Number(new RegExp(`(\\d+) ${word}`).exec(last)?.[1] ?? 0);
  return counted(code, count('passed'), count('failed') + count('error'));
}

async function jest(python) {
  const report = path.join(cache, 'jest.json');
  const args = ['node_modules/jest/bin/jest.js', '--selectProjects', 'gpu', '--json', `--outputFile=${report}`];
  const { code } = await run('jest', process.execPath, args, { cwd: root, env: { TEST_GPU_PYTHON: python } });
  try {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(report, 'utf8'));
    return counted(code, numPassedTests, numFailedTests + numRuntimeErrorTestSuites);
  } catch {
    return counted(1, 0, 0);
  }
}

async function main() {
  mkdirSync(cache, { recursive: true });
  // Nothing is written beside the sources.
  process.env.PYTHONPYCACHEPREFIX = path.join(cache, 'bytecode');
  process.env.RUFF_CACHE_DIR = path.join(cache, 'ruff');
  // With a thread for each core, PyTorch's threads wait for each other, and beside another program that takes five times as
  // long. One thread takes a quarter less CPU and no longer: speech of some seconds is little work.
  process.env.OMP_NUM_THREADS = '1';
  const python = await pythonEnvironment({
    lock: 'requirements-test.txt',
    env: process.env,
    report: (line) => console.log(line),
  });
  if (pytestArgs.length > 0) return [await pytest(python)];
  const tool = (name) => path.join(path.dirname(python), name);
  const lintAll = async () => [
    await one('ruff check', tool('ruff'), ['check', '.']),
    await one('ruff format', tool('ruff'), ['format', '--check', '.']),
    await one('mypy', tool('mypy'), ['--cache-dir', path.join(cache, 'mypy')]),
  ];
  const [lint, handler] = await Promise.all([lintAll(), pytest(python)]);
  return [...lint, handler, await jest(python)];
}

let counts;
try {
  counts = await main();
} catch (error) {
  console.error(error.message);
  counts = [{ passed: 0, failed: 1 }];
}
const sum = (key) => counts.reduce((total, count) => total + count[key], 0);
console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
process.exitCode = sum('failed') > 0 ? 1 : 0;

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { executablesOnPath } from '#libs/config';
import { projectRoot } from '#libs/local-services';
import { runTool, type ToolResult } from './run-tool.js';

export const handlerFolder = path.join(projectRoot, 'apps', 'gpu-handler');
/** Tried with this version. A uv on the PATH of any version is taken too. */
const uvVersion = '0.13.9';
/** `requires-python` of apps/gpu-handler/pyproject.toml. */
const pythonVersions = '>=3.11,<3.14';

const packagesOfPocketTts =
  'the Python packages of pocket-tts: 5 GB on the disk, most of it torch with its CUDA libraries';

export interface EnvironmentOptions {
  /** A lock file of {@link lockFolder}, with hashes. */
  readonly lock: string;
  /** Default: apps/gpu-handler. */
  readonly lockFolder?: string;
  /** What is installed, for people. Default: the packages of pocket-tts. */
  readonly packages?: string;
  readonly env: NodeJS.ProcessEnv;
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal;
  /** Keeps the environments, and uv if the machine has none; default `.cache/gpu` in the clone. */
  readonly home?: string;
}

const homeOf = ({ home }: EnvironmentOptions): string => home ?? path.join(projectRoot, '.cache', 'gpu');

/**
 * Makes a virtual environment that holds exactly the packages of a lock file. It is made once for a lock file; if nothing
 * has changed this returns at once.
 *
 * Needs either uv or Python with pip. uv installs from PyPI, or from the index that the machine's configuration names.
 *
 * @returns the path of its Python
 * @throws Error with a line for people: no Python, no network, no space
 */
export async function pythonEnvironment(options: EnvironmentOptions): Promise<string> {
  const { lock, lockFolder = handlerFolder, packages = packagesOfPocketTts, report } = options;
  const lockFile = path.join(lockFolder, lock);
  const folder = path.join(homeOf(options), path.basename(lock, '.txt'));
  const python = path.join(folder, 'bin', 'python');
  const stamp = path.join(folder, '.timbre-installed');
  const wanted = createHash('sha256').update(readFileSync(lockFile)).digest('hex');
  if (existsSync(stamp) && existsSync(python) && readFileSync(stamp, 'utf8') === wanted) return python;

  mkdirSync(homeOf(options), { recursive: true });
  const uv = await findUv(options);
  report(`Installing ${packages}`);
  rmSync(stamp, { force: true });
  if (!existsSync(python)) {
    must(
      await tool(options, uv, ['venv', '--clear', '--python', pythonVersions, folder]),
      'A Python environment could not be made',
    );
  }
  const sync = ['pip', 'sync', '--python', python, '--require-hashes', lockFile];
  must(await tool(options, uv, sync), 'The Python packages could not be installed');
  // Written last, so that an interrupted install is repeated.
  writeFileSync(stamp, wanted);
  return python;
}

/** Finds uv, or installs it into the clone with pip. */
async function findUv(options: EnvironmentOptions): Promise<string> {
  const { env, report } = options;
  const folder = path.join(homeOf(options), 'uv');
  const own = path.join(folder, 'bin', 'uv');
  const found = executablesOnPath('uv', env['PATH'] ?? '')[0] ?? (existsSync(own) ? own : undefined);
  if (found !== undefined) return found;
  const python = executablesOnPath('python3', env['PATH'] ?? '')[0];
  if (python === undefined) {
    throw new Error('Python 3.11 to 3.13 or uv is needed, and neither python3 nor uv is on the PATH');
  }
  report(`Installing uv ${uvVersion}, which installs the Python packages`);
  const made = await tool(options, python, ['-m', 'venv', '--clear', folder]);
  must(made, 'uv could not be installed: python3 has no venv (apt-get install python3-venv)');
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `uv==${uvVersion}`];
  must(await tool(options, path.join(folder, 'bin', 'python'), pip), 'uv could not be installed with pip');
  return own;
}

function tool({ env, signal }: EnvironmentOptions, command: string, args: readonly string[]): Promise<ToolResult> {
  return runTool(command, args, { env, ...(signal && { signal }) });
}

/** @throws Error that says what failed, and the tool's own last line */
function must({ code, lastLines }: ToolResult, what: string): void {
  if (code === 0) return;
  const lines = lastLines.map((line) => line.trim()).filter((line) => line !== '');
  throw new Error(lines.length === 0 ? what : `${what}: ${lines.slice(-5).join(' ')}`);
}

import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll } from '@jest/globals';

const run = promisify(execFile);

/** Says how a JavaScript or a Python program is run. */
const commandOf = {
  node: process.execPath,
  python: process.env['TEST_CLIENTS_PYTHON'] ?? 'TEST_CLIENTS_PYTHON is set by npm run test:clients',
};

/** Compiles and runs programs in a folder of their own, which is inside the clone so that they find its packages. */
export class Workshop {
  private made: string | undefined;

  /** Makes the folder before the tests of the calling file, and removes it after them. */
  static open(): Workshop {
    const workshop = new Workshop();
    beforeAll(async () => {
      const cache = path.join(process.cwd(), '.cache');
      await mkdir(cache, { recursive: true });
      workshop.made = await mkdtemp(path.join(cache, 'client-'));
    });
    afterAll(() => rm(workshop.folder, { recursive: true, force: true }));
    return workshop;
  }

  get folder(): string {
    if (this.made === undefined) throw new Error('The folder is used before the tests start');
    return this.made;
  }

  /** @returns the path of a file in the folder */
  file(name: string): string {
    return path.join(this.folder, name);
  }

  /** Copies a file of this project into the folder, under its own name. */
  take(source: string): Promise<void> {
    return cp(source, this.file(path.basename(source)));
  }

  /** Runs a JavaScript program. @returns its output @throws Error with its output, if it fails */
  readonly node = (...args: readonly string[]): Promise<string> => this.outputOf('node', args);

  /** Runs a Python program. @returns its output @throws Error with its output, if it fails */
  readonly python = (...args: readonly string[]): Promise<string> => this.outputOf('python', args);

  /** Compiles a TypeScript program of the folder with the strict options of a careful author. */
  async compile(source: string, ...options: readonly string[]): Promise<void> {
    const strict = ['--ignoreConfig', '--types', 'node', '--strict', '--skipLibCheck', ...options];
    await this.node(program('typescript-7/bin/tsc'), ...strict, '--module', 'nodenext', '--target', 'es2023', source);
  }

  /** Starts a program that runs until it is killed. What it prints appears among the output of the tests. */
  start(language: keyof typeof commandOf, name: string, env: Readonly<Record<string, string>>): ChildProcess {
    const options = { cwd: this.folder, env: { ...process.env, ...env } };
    return spawn(commandOf[language], [name], { ...options, stdio: ['ignore', 'inherit', 'inherit'] });
  }

  private async outputOf(language: keyof typeof commandOf, args: readonly string[]): Promise<string> {
    const { stdout } = await run(commandOf[language], [...args], { cwd: this.folder }).catch(
      (error: { stdout: string; stderr: string }) => {
        throw new Error(`${args.join(' ')}: ${error.stdout}${error.stderr}`, { cause: error });
      },
    );
    return stdout;
  }
}

/** @returns the path of a program in node_modules */
export const program = (name: string): string => path.join(process.cwd(), 'node_modules', name);

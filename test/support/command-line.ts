import { spawn, type ChildProcess } from 'node:child_process';
import { text } from 'node:stream/consumers';
import path from 'node:path';
import { projectRoot } from '#libs/local-services';

/** What a command of `timbre` has printed. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandLineOptions {
  readonly url: string;
  readonly key: string;
  /** Where it runs, and keeps its settings. */
  readonly folder: string;
  /** Path of the program; the one in dist by default. */
  readonly program?: string;
}

/** Runs the built `timbre` as people do, in a folder of its own. */
export class CommandLine {
  constructor(private readonly options: CommandLineOptions) {}

  /** Starts a command, for tests that end it themselves. */
  start(args: readonly string[], environment: Readonly<Record<string, string>> = {}): ChildProcess {
    const { url, key, folder, program = path.join(projectRoot, 'dist/cli.js') } = this.options;
    return spawn(process.execPath, [program, ...args], {
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        ...{ HOME: folder, XDG_CONFIG_HOME: path.join(folder, 'config') },
        ...{ TIMBRE_URL: url, TIMBRE_KEY: key, ...environment },
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  }

  async run(args: readonly string[], environment: Readonly<Record<string, string>> = {}, input = ''): Promise<Ended> {
    const child = this.start(args, environment);
    child.stdin?.end(input);
    return ended(child);
  }

  /** Runs a command with `--json`. @throws Error unless it ends with 0 and prints one document */
  async json(...args: readonly string[]): Promise<unknown> {
    const { code, stdout, stderr } = await this.run([...args, '--json']);
    if (code !== 0) throw new Error(`timbre ${args.join(' ')} ended with ${code}: ${stderr}`);
    return JSON.parse(stdout);
  }
}

/** Waits until a command has ended, and returns what it printed. */
export async function ended(child: ChildProcess): Promise<Ended> {
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [code, stdout, stderr] = await Promise.all([closed, read(child.stdout), read(child.stderr)]);
  return { code, stdout, stderr };
}

const read = async (stream: NodeJS.ReadableStream | null): Promise<string> => (stream ? text(stream) : '');

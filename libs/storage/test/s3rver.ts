import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

/** A bucket of a running s3rver. */
export interface S3rver {
  /** Path-style. */
  readonly endpoint: string;
  readonly bucket: string;
  /** Its access keys, as the AWS SDK reads them. */
  readonly env: { readonly AWS_ACCESS_KEY_ID: string; readonly AWS_SECRET_ACCESS_KEY: string };
  /** Returns the key of every object, read from its folder and not through our code. */
  keys(): Promise<string[]>;
  stop(): Promise<void>;
}

/** Suffix of the file of an object. */
const objectSuffix = '._S3rver_object';

/**
 * Keeps s3rver from removing empty folders. If it does so while a put is about to write there, the whole server dies of
 * an unhandled `error` event (putObject in its lib/stores/filesystem.js).
 */
const keepFolders = (program: string): string =>
  `data:text/javascript,${encodeURIComponent(
    `import { createRequire } from 'node:module';
   createRequire(${JSON.stringify(program)})('fs-extra').rmdir = async () => undefined;`,
  )}`;

/**
 * Starts s3rver, a third-party S3 server, in its own process with its own folder.
 *
 * It accepts tampered signatures and cannot list multipart uploads; s3-stand-in.ts covers those.
 */
export async function startS3rver(bucket: string): Promise<S3rver> {
  const folder = await mkdtemp(join(tmpdir(), 's3rver-'));
  const program = join(dirname(createRequire(import.meta.url).resolve('s3rver/package.json')), 'bin', 's3rver.js');
  // Port 0: the system chooses a port and s3rver prints it. Its hashing needs OpenSSL 3's legacy provider.
  const child = spawn(
    process.execPath,
    [
      '--openssl-legacy-provider',
      '--import',
      keepFolders(program),
      program,
      '-s',
      '-d',
      folder,
      '-a',
      '127.0.0.1',
      '-p',
      '0',
      '--configure-bucket',
      bucket,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const stop = async (): Promise<void> => {
    const ended = once(child, 'exit');
    if (child.exitCode === null && child.kill('SIGKILL')) await ended;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    return {
      endpoint: await addressOf(child),
      bucket,
      env: { AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER' },
      keys: async () => {
        const files = await readdir(join(folder, bucket), { recursive: true });
        return files.filter((file) => file.endsWith(objectSuffix)).map((file) => file.slice(0, -objectSuffix.length));
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function addressOf({ stdout, stderr }: ReturnType<typeof spawn>): Promise<string> {
  const errors: string[] = [];
  stderr?.on('data', (bytes) => errors.push(String(bytes)));
  if (!stdout) throw new Error('s3rver has no output');
  const lines = createInterface(stdout);
  for await (const line of lines) {
    const port = /listening (?:on|at) .*?(\d+)\s*$/i.exec(line)?.[1];
    if (port === undefined) continue;
    // Discard further output, so that the pipe does not fill up.
    stdout.resume();
    return `http://127.0.0.1:${port}`;
  }
  throw new Error(`s3rver did not start: ${errors.join('')}`);
}

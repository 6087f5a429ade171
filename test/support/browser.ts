import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Browser, type BrowserServer, type LaunchOptions } from 'playwright-core';

const run = promisify(execFile);

/** Unpacked Chromium with the libraries that it needs beside a plain C library. */
interface UnpackedChromium {
  readonly executable: string;
  readonly env: Readonly<Record<string, string>>;
}

const cache = path.join(process.cwd(), '.cache');

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/**
 * Unpacks Chromium from npm (@sparticuz/chromium, Linux on x64) into `.cache`, once for each version. It takes about 2 s
 * and 200 MB.
 *
 * The package unpacks into TMPDIR. It adds its shared libraries (NSS, expat) only on Amazon Linux, which it detects by
 * AWS_EXECUTION_ENV (its build/esm/helper.js). A child process with both variables unpacks it into a temporary folder,
 * which is renamed when it is complete.
 */
async function unpackedChromium(): Promise<UnpackedChromium> {
  const manifest = path.join(process.cwd(), 'node_modules/@sparticuz/chromium/package.json');
  const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { version: string };
  const folder = path.join(cache, `chromium-${version}`);
  if (!(await isThere(folder))) {
    await mkdir(cache, { recursive: true });
    const unfinished = await mkdtemp(path.join(cache, 'chromium-unfinished-'));
    const unpack = "import('@sparticuz/chromium').then((chromium) => chromium.default.executablePath())";
    await run(process.execPath, ['--input-type=module', '--eval', unpack], {
      env: { ...process.env, TMPDIR: unfinished, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' },
    });
    // Another test run may have been faster. Its folder is the same.
    await rename(unfinished, folder).catch(() => rm(unfinished, { recursive: true }));
  }
  await writeFile(path.join(folder, 'fonts/fonts.conf'), fontsOf(folder));
  return {
    executable: path.join(folder, 'chromium'),
    env: {
      LD_LIBRARY_PATH: path.join(folder, 'al2023/lib'),
      FONTCONFIG_PATH: path.join(folder, 'fonts'),
      HOME: folder,
    },
  };
}

/** The package's own configuration names only /tmp/fonts. */
const fontsOf = (folder: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${path.join(folder, 'fonts')}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${path.join(folder, 'fonts-cache')}</cachedir>
</fontconfig>
`;

/** Returns how to start a headless Chromium: the one in CHROMIUM_PATH, otherwise the one from npm. */
async function startOptions(args: readonly string[]): Promise<LaunchOptions> {
  const given = process.env['CHROMIUM_PATH'];
  const { executable, env } = given ? { executable: given, env: {} } : await unpackedChromium();
  return {
    executablePath: executable,
    env: { ...process.env, ...env },
    args: ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none', ...args],
  };
}

const missing = (cause: unknown): Error =>
  new Error(
    'No Chromium could be started. The one from npm (@sparticuz/chromium) runs on Linux on x64 alone; elsewhere set ' +
      `CHROMIUM_PATH to one of your own. ${String(cause)}`,
    { cause },
  );

/**
 * Starts a headless Chromium.
 *
 * @param args more arguments of Chromium
 * @throws Error that says what is missing. Without a browser the test fails instead of being skipped
 */
export async function launchBrowser(args: readonly string[] = []): Promise<Browser> {
  try {
    return await chromium.launch(await startOptions(args));
  } catch (cause) {
    throw missing(cause);
  }
}

/** As {@link launchBrowser}, for several processes that connect to it by its `wsEndpoint()`. */
export async function launchSharedBrowser(args: readonly string[] = []): Promise<BrowserServer> {
  try {
    return await chromium.launchServer(await startOptions(args));
  } catch (cause) {
    throw missing(cause);
  }
}

import { chmod } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { isExecutable } from '#libs/config';

/** An npm package with a binary. */
interface NpmBinary {
  /** A package that depends on it, from which it is resolved. */
  readonly wrapper?: string;
  readonly packageName: string;
}

const platform = `${process.platform}-${process.arch}`;

/** Packages with a tool, preferred ones first. All are optional dependencies, and most exist for some platforms only. */
const npmBinaries: Record<'ffmpeg' | 'ffprobe', readonly NpmBinary[]> = {
  ffmpeg: [
    { packageName: `@ffmpeg-binary/${platform}` },
    { wrapper: '@ffmpeg-installer/ffmpeg', packageName: `@ffmpeg-installer/${platform}` },
  ],
  ffprobe: [{ wrapper: '@ffprobe-installer/ffprobe', packageName: `@ffprobe-installer/${platform}` }],
};

/**
 * Returns the binaries of that name in npm packages. Install scripts do not run, so a missing execute bit is set here.
 * If that is not permitted, the path is returned anyway and using it fails with the reason.
 */
export async function executablesFromNpm(name: 'ffmpeg' | 'ffprobe'): Promise<string[]> {
  const paths = npmBinaries[name].map(npmBinaryPath).filter((folder) => folder !== undefined);
  const binaries = paths.map((folder) => join(folder, process.platform === 'win32' ? `${name}.exe` : name));
  for (const binary of binaries) {
    if (!isExecutable(binary)) await chmod(binary, 0o755).catch(() => undefined);
  }
  return binaries;
}

function npmBinaryPath({ wrapper, packageName }: NpmBinary): string | undefined {
  try {
    const require = createRequire(import.meta.url);
    const from = wrapper === undefined ? require : createRequire(require.resolve(`${wrapper}/package.json`));
    return dirname(from.resolve(`${packageName}/package.json`));
  } catch {
    return undefined;
  }
}

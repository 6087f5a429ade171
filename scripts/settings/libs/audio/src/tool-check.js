// Written by `npm run settings` from libs/audio/src/tool-check.ts: change that one.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { executablesOnPath, isExecutable } from './executables.js';
import { lacking, toolRequirements, versionIn } from './tool-requirements.js';
const run = promisify(execFile);
/** util-linux's usual places, in case the process was given a bare PATH. */
export const systemFolders = '/usr/local/bin:/usr/bin:/bin';
/**
 * The tool's version, or why it cannot be used.
 *
 * @param launcher what runs it; asking through it proves that it works here
 */
export async function checkTool(name, path, launcher) {
    if (!(await isExecutable(path)))
        return 'is not there or may not be executed';
    try {
        const asked = await Promise.all(toolRequirements[name].map(async (need) => {
            const { stdout, stderr } = await run(launcher, [need.question], { timeout: 20_000, maxBuffer: 4 << 20 });
            return { version: versionIn(name, stderr), lacks: lacking(need, stdout) };
        }));
        const version = asked[0]?.version;
        if (version === undefined)
            return `is not ${name}`;
        const lacks = asked.flatMap((answer) => answer.lacks);
        return lacks.length === 0 ? { version } : `lacks ${lacks.join(', ')}`;
    }
    catch (error) {
        return `does not run (${error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'unknown reason'})`;
    }
}
async function brings(name, configured, searchPath) {
    if (configured)
        return true;
    for (const path of await executablesOnPath(name, searchPath)) {
        if (typeof (await checkTool(name, path, path)) === 'object')
            return true;
    }
    return false;
}
/**
 * Whether this machine brings a usable ffmpeg and ffprobe, so that npm's are not needed.
 *
 * This file and those it imports use only Node's own modules: scripts/prepare.mjs runs a compiled copy on a fresh clone.
 *
 * @param environment FFMPEG_PATH and FFPROBE_PATH, which alone are used when given, and PATH
 * @param furtherFolders looked at after PATH
 */
export async function bringsAudioTools(environment, furtherFolders = systemFolders) {
    const searchPath = `${environment['PATH'] ?? ''}:${furtherFolders}`;
    const found = await Promise.all([
        brings('ffmpeg', environment['FFMPEG_PATH'], searchPath),
        brings('ffprobe', environment['FFPROBE_PATH'], searchPath),
    ]);
    return found.every(Boolean);
}

import { executablesOnPath } from '#libs/config';
import { executablesFromNpm } from './executables.js';
import { findLauncherHelpers, launcherScript, writeLauncher, type LauncherHelper } from './launcher.js';
import { checkTool, systemFolders, type CheckedTool, type ToolName } from './tool-check.js';

/** Where a tool was found: in the configuration, on the search path, or in an npm package (for trying Timbre out). */
export type ToolOrigin = 'configured' | 'path' | 'npm';

export interface AudioTool extends CheckedTool {
  readonly path: string;
  readonly origin: ToolOrigin;
  /** Path of the script that runs it in the sandbox. The tool is never run without it. */
  readonly launcher: string;
  /** Content of that script. */
  readonly launcherScript: string;
}

/** ffmpeg and ffprobe, checked to have all features that this project needs. */
export interface AudioTools {
  readonly ffmpeg: AudioTool;
  readonly ffprobe: AudioTool;
}

/** Injects the `AudioTools` of the process. */
export const AUDIO_TOOLS = Symbol('AudioTools');

export interface FindAudioToolsOptions {
  /** FFMPEG_PATH. If set, no other ffmpeg is tried. */
  readonly ffmpegPath?: string | undefined;
  /** FFPROBE_PATH. If set, no other ffprobe is tried. */
  readonly ffprobePath?: string | undefined;
  /** PATH of the process. Only libs/config reads the environment. */
  readonly searchPath: string;
  /** Folder for the launchers, on a file system that allows programs. Created if missing; only we may write to it. */
  readonly launcherFolder: string;
}

interface Candidate {
  readonly path: string;
  readonly origin: ToolOrigin;
}

/**
 * Finds ffmpeg and ffprobe: in the configuration, on the search path, in npm packages. Takes the first that meets
 * `toolRequirements`.
 *
 * @throws Error with a line for the operator: what was found, what it lacks, how to get a good one
 */
export async function findAudioTools(options: FindAudioToolsOptions): Promise<AudioTools> {
  const searchPath = `${options.searchPath}:${systemFolders}`;
  const helpers = await findLauncherHelpers(searchPath);
  const find = (name: ToolName, configured: string | undefined): Promise<AudioTool> =>
    findTool(name, configured, { ...options, searchPath }, helpers);
  const [ffmpeg, ffprobe] = await Promise.all([
    find('ffmpeg', options.ffmpegPath),
    find('ffprobe', options.ffprobePath),
  ]);
  return { ffmpeg, ffprobe };
}

async function findTool(
  name: ToolName,
  configured: string | undefined,
  { searchPath, launcherFolder }: FindAudioToolsOptions,
  helpers: readonly LauncherHelper[],
): Promise<AudioTool> {
  const rejected: string[] = [];
  for (const candidate of await candidates(name, configured, searchPath)) {
    const script = launcherScript(candidate.path, searchPath, helpers);
    const launcher = await writeLauncher(launcherFolder, name, script);
    const checked = await checkTool(name, candidate.path, launcher);
    if (typeof checked === 'object') return { ...candidate, ...checked, launcher, launcherScript: script };
    rejected.push(`${candidate.path} ${checked}`);
  }
  const seen = rejected.length === 0 ? 'None was found' : `Found: ${rejected.join('; ')}`;
  throw new Error(
    `No usable ${name}. ${seen}. Install one (Debian, Ubuntu: apt-get install ffmpeg; Alpine: apk add ffmpeg; ` +
      `macOS: brew install ffmpeg) or set ${name.toUpperCase()}_PATH.`,
  );
}

async function candidates(name: ToolName, configured: string | undefined, searchPath: string): Promise<Candidate[]> {
  if (configured !== undefined) return [{ path: configured, origin: 'configured' }];
  const onPath = executablesOnPath(name, searchPath);
  const fromNpm = await executablesFromNpm(name);
  return [
    ...onPath.map((path) => ({ path, origin: 'path' as const })),
    ...fromNpm.map((path) => ({ path, origin: 'npm' as const })),
  ];
}

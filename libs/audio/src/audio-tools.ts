import { executablesFromNpm, executablesOnPath } from './executables.js';
import { findLauncherHelpers, launcherScript, writeLauncher, type LauncherHelper } from './launcher.js';
import { checkTool, systemFolders, type ToolName } from './tool-check.js';

/** Where a tool was found: named by the configuration, on the search path, or brought along by npm (for trying out). */
export type ToolOrigin = 'configured' | 'path' | 'npm';

export interface AudioTool {
  readonly path: string;
  readonly version: string;
  readonly origin: ToolOrigin;
  /** The script that runs it in the sandbox; the tool is never run without it. */
  readonly launcher: string;
}

/** ffmpeg and ffprobe, checked to do what this project needs. */
export interface AudioTools {
  readonly ffmpeg: AudioTool;
  readonly ffprobe: AudioTool;
}

export interface FindAudioToolsOptions {
  /** FFMPEG_PATH: this one or none. */
  readonly ffmpegPath?: string | undefined;
  /** FFPROBE_PATH: this one or none. */
  readonly ffprobePath?: string | undefined;
  /** PATH of the process; libs/config alone reads the environment. */
  readonly searchPath: string;
  /** Where launchers are written, on a file system that allows programs; made when missing, never other people's. */
  readonly launcherFolder: string;
}

interface Candidate {
  readonly path: string;
  readonly origin: ToolOrigin;
}

/**
 * Finds ffmpeg and ffprobe: what is configured → what is on the search path → what npm carries, and of those the first
 * that has everything in `toolRequirements`.
 *
 * @throws Error a person can act on: what was found, what it lacks, how to get a good one
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
  const refused: string[] = [];
  for (const candidate of await candidates(name, configured, searchPath)) {
    const launcher = await writeLauncher(launcherFolder, name, launcherScript(candidate.path, searchPath, helpers));
    const checked = await checkTool(name, candidate.path, launcher);
    if (typeof checked === 'object') return { ...candidate, ...checked, launcher };
    refused.push(`${candidate.path} ${checked}`);
  }
  const seen = refused.length === 0 ? 'None was found' : `Found: ${refused.join('; ')}`;
  throw new Error(
    `No usable ${name}. ${seen}. Install one (Debian, Ubuntu: apt-get install ffmpeg; Alpine: apk add ffmpeg; ` +
      `macOS: brew install ffmpeg) or name one with ${name.toUpperCase()}_PATH.`,
  );
}

async function candidates(name: ToolName, configured: string | undefined, searchPath: string): Promise<Candidate[]> {
  if (configured !== undefined) return [{ path: configured, origin: 'configured' }];
  const [onPath, fromNpm] = await Promise.all([executablesOnPath(name, searchPath), executablesFromNpm(name)]);
  return [
    ...onPath.map((path) => ({ path, origin: 'path' as const })),
    ...fromNpm.map((path) => ({ path, origin: 'npm' as const })),
  ];
}

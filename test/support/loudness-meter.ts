import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { AudioTools } from '#libs/audio';

/** Returns the integrated loudness that ffmpeg's filter ebur128 measures in a part of a file, in LUFS. */
export async function integratedLoudness(
  tools: AudioTools,
  path: string,
  part: readonly string[] = [],
): Promise<number> {
  const argv = ['-nostdin', '-hide_banner', ...part, '-i', `file:${path}`, '-af', 'ebur128', '-f', 'null', '-'];
  const { stderr } = await promisify(execFile)(tools.ffmpeg.path, argv, { maxBuffer: 1 << 26 });
  const [, lufs] = [...stderr.matchAll(/I:\s+(-?[\d.]+) LUFS/g)].at(-1) ?? [];
  if (lufs === undefined) throw new Error(`ffmpeg measured no loudness of ${path}`);
  return Number(lufs);
}

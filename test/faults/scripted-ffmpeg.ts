import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * - `real` converts
 * - `slow` converts at 15 times the speed of speech, so that a fault can be timed
 * - `hang` does nothing for ever, `spin` burns a core for ever, `endless` converts the recording over and over
 */
export type FfmpegMode = 'real' | 'slow' | 'hang' | 'spin' | 'endless';

/** An ffmpeg that can be told to misbehave when it converts; in everything else it is the real one. */
export class ScriptedFfmpeg {
  private constructor(
    readonly path: string,
    private readonly modeFile: string,
  ) {}

  static async write(folder: string, realPath: string): Promise<ScriptedFfmpeg> {
    const ffmpeg = new ScriptedFfmpeg(path.join(folder, 'scripted-ffmpeg'), path.join(folder, 'ffmpeg-mode'));
    await ffmpeg.become('real');
    await writeFile(ffmpeg.path, script(realPath, ffmpeg.modeFile));
    await chmod(ffmpeg.path, 0o755);
    return ffmpeg;
  }

  /** Holds for conversions that begin from now on. */
  async become(mode: FfmpegMode): Promise<void> {
    await writeFile(this.modeFile, mode);
  }
}

// Options before `-i` are the input's, so a word in front of ffmpeg's own arguments changes how it reads.
const script = (real: string, modeFile: string): string => `#!/bin/sh
real='${real}'
case " $* " in *" libopus "*) mode=$(cat '${modeFile}') ;; *) mode=real ;; esac
case $mode in
  slow) exec "$real" -readrate 15 "$@" ;;
  endless) exec "$real" -stream_loop -1 "$@" ;;
  hang) exec sleep 86400 ;;
  spin) while :; do :; done ;;
  *) exec "$real" "$@" ;;
esac
`;

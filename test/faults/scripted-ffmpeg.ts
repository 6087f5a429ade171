import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * - `real` converts
 * - `slow` converts at 15 times the speed of speech, so that a fault can be timed
 * - `hang` does nothing forever, `spin` uses a core forever, `endless` repeats the recording forever
 */
export type FfmpegMode = 'real' | 'slow' | 'hang' | 'spin' | 'endless';

/** An ffmpeg that can misbehave during conversions. In all other calls it is the real one. */
export class ScriptedFfmpeg {
  private constructor(
    readonly path: string,
    private readonly modeFile: string,
    private readonly beganFolder: string,
  ) {}

  static async write(folder: string, realPath: string): Promise<ScriptedFfmpeg> {
    const at = (name: string): string => path.join(folder, name);
    const ffmpeg = new ScriptedFfmpeg(at('scripted-ffmpeg'), at('ffmpeg-mode'), at('ffmpeg-began'));
    await mkdir(ffmpeg.beganFolder);
    await ffmpeg.become('real');
    await writeFile(ffmpeg.path, script(realPath, ffmpeg.modeFile, ffmpeg.beganFolder));
    await chmod(ffmpeg.path, 0o755);
    return ffmpeg;
  }

  /** Sets the mode of conversions that start from now on. */
  async become(mode: FfmpegMode): Promise<void> {
    await writeFile(this.modeFile, mode);
  }

  /** Returns the number of conversions that started in a mode. */
  async began(mode: FfmpegMode): Promise<number> {
    return (await readdir(this.beganFolder)).filter((name) => name.startsWith(mode)).length;
  }
}

// A conversion can create files but not write to them (libs/audio/src/ffmpeg/launcher.ts).
// Options before `-i` belong to the input, so an option in front of ffmpeg's arguments changes how it reads.
const script = (real: string, modeFile: string, beganFolder: string): string => `#!/bin/sh
real='${real}'
case " $* " in
  *" libopus "*) mode=$(cat '${modeFile}') && : > '${beganFolder}'/"$mode-$$" ;;
  *) mode=real ;;
esac
case $mode in
  slow) exec "$real" -readrate 15 "$@" ;;
  endless) exec "$real" -stream_loop -1 "$@" ;;
  hang) exec sleep 86400 ;;
  spin) while :; do :; done ;;
  *) exec "$real" "$@" ;;
esac
`;

import { bytesBehindEnd } from './container-end.js';
import { containerOf } from './container-parts.js';
import { FileWindow } from './file-window.js';
import { statedDataSeconds } from './stated-data.js';
import { uncountedWavSeconds } from './wav-length.js';

/** What the bytes of a container tell that ffprobe does not report. */
export interface ContainerFacts {
  /** Seconds of all samples of a WAV whose header states fewer than the file holds. */
  readonly uncountedSeconds: number | undefined;
  /** The length that the header of a CAF, W64 or AVI file states, which may be more than the file holds. */
  readonly statedSeconds: number | undefined;
  /** Bytes past the end of the recording, which ffmpeg does not read. */
  readonly bytesBehindEnd: number;
}

const pieceBytes = 1 << 16;

export async function readContainerFacts(path: string): Promise<ContainerFacts> {
  const file = await FileWindow.open(path, pieceBytes);
  try {
    const container = await containerOf(file);
    return {
      uncountedSeconds: container === undefined ? undefined : await uncountedWavSeconds(file, container),
      statedSeconds: await statedDataSeconds(file, container),
      bytesBehindEnd: await bytesBehindEnd(file, container),
    };
  } finally {
    await file.close();
  }
}

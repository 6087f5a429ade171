import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { measureRecording } from '../analysis/measure-recording.js';
import type { AnalysisTrack } from '../analysis/track.js';
import { encodeOpus, type EncodeOptions } from './encode-opus.js';
import { samplesPerSecond } from '../ogg/opus-packet.js';
import { oggOpusFile } from '../ogg/opus-stream.js';

export interface EncodeToFileOptions extends EncodeOptions {
  /** Path of the finished file, in the work folder. */
  readonly outputPath: string;
  /** Serial number of the Ogg stream (`serialFrom`). */
  readonly serial: number;
}

/** A finished Ogg Opus file. */
export interface EncodedFile {
  readonly path: string;
  readonly bytes: number;
  /** Exact decoded length, in 48 kHz samples. */
  readonly durationSamples: number;
  readonly durationSeconds: number;
  /** Measured while it was converted. */
  readonly track: AnalysisTrack;
}

/**
 * Converts an uploaded sample into one Ogg Opus file.
 *
 * May run twice: the file gets its name only once it is complete, and a second run replaces it by the same bytes.
 *
 * @throws as `encodeOpus`, and leaves no file
 */
export async function encodeToFile(options: EncodeToFileOptions): Promise<EncodedFile> {
  const { outputPath, serial } = options;
  const encoding = await encodeOpus(options);
  const unfinished = `${outputPath}.unfinished`;
  try {
    const file = createWriteStream(unfinished, { mode: 0o600 });
    await pipeline(oggOpusFile(encoding, serial), file);
    const track = encoding.track() ?? (await measureRecording({ ...options, inputPath: unfinished }));
    await rename(unfinished, outputPath);
    const durationSamples = encoding.totalSamples();
    return {
      path: outputPath,
      bytes: file.bytesWritten,
      durationSamples,
      durationSeconds: durationSamples / samplesPerSecond,
      track,
    };
  } catch (error) {
    await encoding.close();
    await rm(unfinished, { force: true });
    throw error;
  }
}

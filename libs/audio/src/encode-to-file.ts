import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { encodeOpus, type EncodeOptions } from './encode-opus.js';
import { samplesPerSecond } from './opus-packet.js';
import { oggOpusFile } from './opus-stream.js';

export interface EncodeToFileOptions extends EncodeOptions {
  /** Where the finished file appears; in the work folder. */
  readonly outputPath: string;
  /** The Ogg stream's number (`serialFrom`). */
  readonly serial: number;
}

/** A finished Ogg Opus file. */
export interface EncodedFile {
  readonly path: string;
  readonly bytes: number;
  /** Exact length of what it decodes to, in 48 kHz samples. */
  readonly durationSamples: number;
  readonly durationSeconds: number;
}

/**
 * Converts a recording into one Ogg Opus file: an uploaded sample.
 *
 * May run twice: the file appears under its name only when it is whole, and the same bytes replace it.
 *
 * @throws as `encodeOpus`; no file is left behind then
 */
export async function encodeToFile(options: EncodeToFileOptions): Promise<EncodedFile> {
  const { outputPath, serial } = options;
  const encoding = await encodeOpus(options);
  const unfinished = `${outputPath}.unfinished`;
  try {
    const file = createWriteStream(unfinished);
    await pipeline(oggOpusFile(encoding, serial), file);
    await rename(unfinished, outputPath);
    const durationSamples = encoding.totalSamples();
    return {
      path: outputPath,
      bytes: file.bytesWritten,
      durationSamples,
      durationSeconds: durationSamples / samplesPerSecond,
    };
  } catch (error) {
    await encoding.close();
    await rm(unfinished, { force: true });
    throw error;
  }
}

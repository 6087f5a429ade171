import { rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import {
  decodeForeign,
  measureForeign,
  recordingLimits,
  samplesPerSecond,
  type AnalysisTrack,
  type AudioTools,
} from '#libs/audio';
import { CONFIG, type Config } from '#libs/config';
import { isAppError } from '#libs/errors';
import { FFMPEG_TURNS, VoiceTracks, type FfmpegTurns } from '#libs/samples';
import { forEachLimited } from '#libs/service';
import { OBJECT_STORAGE, whileThere, writeToScratch, type GenerationId, type ObjectStorage } from '#libs/storage';
import type { FileKind } from '../document-files.js';
import type { VoiceDocument } from '../voice-document.js';
import { invalidArchive, shownName } from '../zip/archive-error.js';
import { verifiedContent } from '../zip/zip-content.js';
import type { Archive, ArchiveFile } from './archive.js';
import { longest } from './audio-limits.js';
import { documentKeys } from './document-keys.js';
import type { StoredEntry, StoredFiles } from './document-rows.js';
import { statedLengths } from './stated-audio.js';

/** How an import unpacks its archive. */
export interface Unpacking {
  readonly of: GenerationId;
  readonly partnerId: string;
  /** A folder that only this run uses. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Called with the number of stored files. */
  readonly onProgress: (done: number, of: number) => void;
}

/** Audio is decoded, all of it. Proofs of consents and embeddings are stored as they are: nothing here opens them. */
const decoding: Readonly<Record<FileKind, 'own' | 'foreign' | null>> = {
  original: 'own',
  sample: 'own',
  consent_recording: 'own',
  test_sample: 'foreign',
  sample_embedding: null,
  embedding_archive: null,
  consent_file: null,
};

/** How far a length may be off. Ours are exact, but for what a number in JSON loses; those of an engine may be rounded. */
const toleranceSeconds = { own: 0.000_5, foreign: 0.1 };

/** Stores the files of an archive, and decodes all audio before, in the sandbox of uploads. */
@Injectable()
export class Unpacker {
  constructor(
    @Inject(OBJECT_STORAGE) private readonly storage: ObjectStorage,
    @Inject(FFMPEG_TURNS) private readonly turns: FfmpegTurns,
    private readonly tracks: VoiceTracks,
    @Inject(CONFIG)
    private readonly config: Pick<Config, 'maxRecordingSeconds' | 'maxSampleSeconds' | 'ffmpegProcesses'>,
  ) {}

  /**
   * Stores all files under keys of the generation. Afterwards all are durable.
   *
   * @throws AppError `invalid_archive` that names an entry | `unavailable` | …; the signal's reason
   */
  async unpack(archive: Archive, unpacking: Unpacking): Promise<StoredFiles> {
    const { of, signal, onProgress } = unpacking;
    const keys = documentKeys(archive.document, of);
    const lengths = statedLengths(archive.document);
    const entries = new Map<string, StoredEntry>();
    let track: AnalysisTrack | null = null;
    await forEachLimited(archive.files, this.config.ffmpegProcesses, async (file, position) => {
      signal.throwIfAborted();
      const objectKey = keys.get(file.entry);
      if (objectKey === undefined) throw new Error(`The entry ${file.entry} has no key`);
      const found = await this.store(archive, file, { ...unpacking, objectKey, position, lengths });
      if (file.kind === 'original') track = found;
      const { bytes, sha256 } = file.file;
      entries.set(file.entry, { objectKey, bytes, sha256, crc32: file.zipped.crc32 });
      onProgress(entries.size, archive.files.length);
    });
    return { of, entries, track: await this.keepTrack(archive.document, keys, unpacking, track) };
  }

  /** @returns the track of audio that was measured */
  private async store(archive: Archive, file: ArchiveFile, to: Storing): Promise<AnalysisTrack | null> {
    const content = verifiedContent(archive.source, file.zipped, file.file.sha256, to.signal);
    if (decoding[file.kind] === null) {
      await this.storage.put(to.objectKey, Readable.from(content), { contentType: 'application/octet-stream' });
      return null;
    }
    const inputPath = path.join(to.folder, `${to.position}.opus`);
    try {
      await writeToScratch(inputPath, content);
      const track = await this.turns.run(to.partnerId, (tools) => this.decode(tools, file, inputPath, to), to.signal);
      await this.storage.putFile(to.objectKey, inputPath, { contentType: 'audio/ogg' });
      return track;
    } finally {
      // The folder needs space for the files that are being decoded, not for all of them. At the end it is removed itself.
      await rm(inputPath, { force: true }).catch(() => undefined);
    }
  }

  private async decode(
    tools: AudioTools,
    file: ArchiveFile,
    inputPath: string,
    { folder, signal, lengths }: Storing,
  ): Promise<AnalysisTrack | null> {
    // As much more as rounding to whole seconds hides.
    const limits = recordingLimits(longest(file.kind, this.config) + 1);
    const options = { tools, inputPath, workFolder: folder, limits, signal };
    const stated = lengths.get(file.entry) ?? null;
    try {
      if (decoding[file.kind] === 'foreign') {
        const seconds = await whileThere(inputPath, () => decodeForeign(options));
        refuseOtherLength(file, seconds, stated, toleranceSeconds.foreign);
        return null;
      }
      const track = await whileThere(inputPath, () => measureForeign(options));
      refuseOtherLength(file, track.totalSamples / samplesPerSecond, stated, toleranceSeconds.own);
      return track;
    } catch (error) {
      if (!isAppError(error, 'unusable_audio')) throw error;
      throw invalidArchive(`${shownName(file.entry)} cannot be decoded as audio`, error);
    }
  }

  private async keepTrack(
    document: VoiceDocument,
    keys: ReadonlyMap<string, string>,
    { of, partnerId, signal }: Unpacking,
    track: AnalysisTrack | null,
  ): Promise<StoredFiles['track']> {
    const key = document.original?.file && keys.get(document.original.file.entry);
    if (!key) return null;
    const { analysisKey, analysisBytes } = await this.tracks.keep(
      { id: of.voiceId, partnerId, originalKey: key },
      track,
      signal,
    );
    return { analysisKey, analysisBytes };
  }
}

interface Storing extends Unpacking {
  readonly objectKey: string;
  /** In the archive. */
  readonly position: number;
  /** By entry. */
  readonly lengths: ReadonlyMap<string, number | null>;
}

function refuseOtherLength({ entry }: ArchiveFile, seconds: number, stated: number | null, tolerance: number): void {
  if (stated === null || Math.abs(seconds - stated) < tolerance) return;
  throw invalidArchive(`${shownName(entry)} is ${seconds} s long, and not ${stated} s as voice.json says`);
}

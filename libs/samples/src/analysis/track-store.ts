import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { Inject, Injectable } from '@nestjs/common';
import { readTrack, trackFile, type AnalysisTrack } from '#libs/audio';
import { analysisKey, OBJECT_STORAGE, type ObjectStorage } from '#libs/storage';
import { TrackCache } from './track-cache.js';

/** About ten tracks of recordings of four hours. */
const cachedBytes = 32 * 1024 ** 2;

/** Stores the analysis tracks of originals beside them, and reads them. */
@Injectable()
export class TrackStore {
  private readonly cache = new TrackCache(cachedBytes);

  constructor(@Inject(OBJECT_STORAGE) private readonly storage: ObjectStorage) {}

  /**
   * Returns the track of an original; null if none is stored, or none that this release can read. Then it is measured
   * again: no request may fail because of what can be made again.
   */
  async read(originalKey: string): Promise<AnalysisTrack | null> {
    const cached = this.cache.get(originalKey);
    if (cached !== undefined) return cached;
    const stored = await this.storage.read(analysisKey(originalKey));
    if (stored === null) return null;
    const file = await buffer(stored);
    const track = trackIn(file);
    if (track !== null) this.cache.add(originalKey, track, file.length);
    return track;
  }

  /** Stores the track of an original. Equal tracks give equal bytes, so that it may run twice. */
  async put(originalKey: string, track: AnalysisTrack): Promise<{ readonly key: string; readonly bytes: number }> {
    const key = analysisKey(originalKey);
    const file = trackFile(track);
    await this.storage.put(key, Readable.from([file]), { contentType: 'application/octet-stream' });
    this.cache.add(originalKey, track, file.length);
    return { key, bytes: file.length };
  }

  /** Deletes the track of an original that is gone. */
  async remove(originalKey: string): Promise<void> {
    await this.storage.delete([analysisKey(originalKey)]);
  }
}

function trackIn(file: Buffer): AnalysisTrack | null {
  try {
    return readTrack(file);
  } catch {
    return null;
  }
}

import type { AnalysisTrack } from '#libs/audio';

interface CachedTrack {
  readonly track: AnalysisTrack;
  readonly bytes: number;
}

/** Keeps the tracks that were used last, within a limit of bytes. */
export class TrackCache {
  /** In the order of their last use. */
  private readonly tracks = new Map<string, CachedTrack>();
  private bytes = 0;

  constructor(private readonly maxBytes: number) {}

  get(key: string): AnalysisTrack | undefined {
    const cached = this.tracks.get(key);
    if (cached === undefined) return undefined;
    this.tracks.delete(key);
    this.tracks.set(key, cached);
    return cached.track;
  }

  /** Adds a track of so many bytes. Forgets those that were unused for longest until all fit. */
  add(key: string, track: AnalysisTrack, bytes: number): void {
    this.forget(key);
    this.tracks.set(key, { track, bytes });
    this.bytes += bytes;
    for (const unused of this.tracks.keys()) {
      if (this.bytes <= this.maxBytes) return;
      this.forget(unused);
    }
  }

  private forget(key: string): void {
    this.bytes -= this.tracks.get(key)?.bytes ?? 0;
    this.tracks.delete(key);
  }
}

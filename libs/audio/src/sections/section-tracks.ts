import { joinTracks, type TrackPart } from '../analysis/join-tracks.js';
import type { AnalysisTrack } from '../analysis/track.js';
import { samplesPerSecond } from '../ogg/opus-packet.js';
import type { SectionEncoding } from './section-encoding.js';

/** Joins the tracks of the sections that are read. */
export class SectionTracks {
  readonly #sections: SectionEncoding[] = [];

  /** Adds the next section, once all of the section before was read. */
  start(section: SectionEncoding): void {
    this.#sections.push(section);
  }

  /**
   * Returns the track of the recording; null if a section gave more or less PCM than packets.
   *
   * @param totalSamples length of the recording. Sections that start after it have no audio of their own
   */
  track(totalSamples: number): AnalysisTrack | null {
    const sections = this.#sections.filter(({ section }) => section.startSeconds * samplesPerSecond < totalSamples);
    const parts: TrackPart[] = [];
    for (const { section, meter, totalSamples: sectionSamples } of sections) {
      const track = meter.track(sectionSamples);
      if (track === null) return null;
      parts.push({ ...section, track });
    }
    return joinTracks(parts);
  }
}

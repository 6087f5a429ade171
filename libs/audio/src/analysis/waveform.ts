import { packetSamples, samplesPerSecond } from '../ogg/opus-packet.js';
import { speechOf, within } from './known-speech.js';
import { decibelsOfPower, meanPower } from './powers.js';
import { decibelsOf, type AnalysisTrack } from './track.js';

/** Which part of a recording to draw, and with how many points. */
export interface WaveformRange {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly points: number;
}

/** What is drawn of a recording. */
export interface Waveform {
  /** Largest sample and root mean square of each point in dBFS, in order; -127.5 is silence. */
  readonly points: readonly (readonly [peakDbfs: number, rmsDbfs: number])[];
  /** Where somebody speaks: from and to in seconds of the recording, in order, within the range. */
  readonly speech: readonly (readonly [fromSeconds: number, toSeconds: number])[];
}

const framesASecond = samplesPerSecond / packetSamples;

/**
 * Draws a part of a recording. The points are equally long and follow each other without gaps. A point shows all frames
 * that it touches, so points that are shorter than a frame repeat it. Past the end of the recording there is silence.
 *
 * @throws RangeError unless there is at least one point, and the range starts at 0 or later and has a length
 */
export function waveformOf(track: AnalysisTrack, range: WaveformRange): Waveform {
  const { fromSeconds, toSeconds, points } = range;
  if (!(points >= 1 && fromSeconds >= 0 && toSeconds > fromSeconds)) {
    throw new RangeError('A waveform has points and a length');
  }
  const framesAPoint = ((toSeconds - fromSeconds) * framesASecond) / points;
  const edge = (at: number): number => tidy(fromSeconds * framesASecond + framesAPoint * at);
  return {
    points: Array.from({ length: points }, (_, at) => {
      const from = Math.floor(edge(at));
      const to = Math.max(from + 1, Math.ceil(edge(at + 1)));
      const rmsDbfs = decibelsOfPower(meanPower(track.level, from, to));
      return [decibelsOf(loudest(track.peak, from, to)), Math.round(rmsDbfs * 10) / 10] as const;
    }),
    speech: speechWithin(track, range),
  };
}

function speechWithin(track: AnalysisTrack, { fromSeconds, toSeconds }: WaveformRange): Waveform['speech'] {
  const end = Math.min(toSeconds, track.totalSamples / samplesPerSecond);
  const [from, to] = [Math.floor(tidy(fromSeconds * framesASecond)), Math.ceil(tidy(end * framesASecond))];
  return within(speechOf(track), from, to).map(([start, stop]) => [
    Math.max(fromSeconds, start / framesASecond),
    Math.min(end, stop / framesASecond),
  ]);
}

/** Returns the level of the loudest frame, 255 past the end. */
function loudest(plane: Uint8Array, from: number, to: number): number {
  let level = 255;
  for (let frame = from; frame < to; frame += 1) level = Math.min(level, plane[frame] ?? 255);
  return level;
}

/** Removes errors of floating point, so that a point that ends with a frame does not touch the next one. */
const tidy = (frames: number): number => Math.round(frames * 1e6) / 1e6;

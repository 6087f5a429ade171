import { packetSamples } from '../ogg/opus-packet.js';
import type { FrameRange } from './pauses.js';
import { quietestFrame } from './quietest-frame.js';

/** Air before the first word and after the last one of a window, in 48 kHz samples: 150 ms. */
export const airSamples = 7_200;

/** In this many frames of pause there is room for the air of two windows. */
const airFrames = airSamples / packetSamples;
const pauseFrames = 2 * airFrames;

/**
 * What is beside a piece of speech: a pause with room for air, the middle of a shorter pause, or more of the same word.
 */
export type PieceEdge = 'pause' | 'gap' | 'word';

/** Speech that no window is cut inside of, in frames and parts of frames. */
export interface SpeechPiece {
  readonly from: number;
  readonly to: number;
  readonly before: PieceEdge;
  readonly after: PieceEdge;
}

/** Bounds for pieces, in frames. */
export interface PieceBounds {
  readonly min: number;
  readonly max: number;
}

/** Joins speech across pauses without room for air, then divides what is longer than a window. */
export function speechPieces(speech: readonly FrameRange[], voice: Uint8Array, bounds: PieceBounds): SpeechPiece[] {
  return withoutGaps(speech).flatMap((ranges) => dividedSpeech(ranges, voice, bounds));
}

/** Groups ranges whose gaps are no pauses with room for air. */
function withoutGaps(speech: readonly FrameRange[]): FrameRange[][] {
  const groups: FrameRange[][] = [];
  for (const range of speech) {
    const group = groups.at(-1);
    if (group !== undefined && range[0] - endOf(group) < pauseFrames) group.push(range);
    else groups.push([range]);
  }
  return groups;
}

const endOf = (ranges: readonly FrameRange[]): number => ranges.at(-1)?.[1] ?? 0;

/**
 * Divides speech that is longer than a window, from its start: in the middle of the longest short pause that is in reach,
 * else at the quietest place. What is left for the last piece is not made too short, if that can be avoided.
 */
function dividedSpeech(ranges: readonly FrameRange[], voice: Uint8Array, { min, max }: PieceBounds): SpeechPiece[] {
  const end = endOf(ranges);
  const pieces: SpeechPiece[] = [];
  let piece: Pick<SpeechPiece, 'from' | 'before'> = { from: ranges[0]?.[0] ?? end, before: 'pause' };
  const airBefore = (): number => (piece.before === 'pause' ? Math.min(airFrames, piece.from) : 0);
  const airAfter = Math.min(airFrames, voice.length - end);
  while (airBefore() + end - piece.from + airAfter > max) {
    const start = piece.from - airBefore();
    const [first, longest] = [Math.min(start + min, end - 1), Math.min(start + max, end - 1)];
    const latest = Math.min(longest, end + airAfter - min);
    const { at, edge } = placeToCut(ranges, voice, [first, latest < first ? longest : latest]);
    pieces.push({ ...piece, to: at, after: edge });
    piece = { from: at, before: edge };
  }
  pieces.push({ ...piece, to: end, after: 'pause' });
  return pieces;
}

/** @param reach first and last frame in front of which a cut may be; parts of frames where there is no choice */
function placeToCut(ranges: readonly FrameRange[], voice: Uint8Array, reach: FrameRange): Place {
  const [first, last] = [Math.ceil(reach[0]), Math.floor(reach[1])];
  if (first > last) return { at: reach[0], edge: 'word' };
  let longest = 0;
  let at: number | undefined;
  ranges.forEach(([from], index) => {
    const before = ranges[index - 1]?.[1] ?? from;
    const middle = Math.floor((before + from) / 2);
    if (from - before < longest || middle === from || middle < first || middle > last) return;
    [longest, at] = [from - before, middle];
  });
  return at === undefined ? { at: quietestFrame(voice, first, last), edge: 'word' } : { at, edge: 'gap' };
}

interface Place {
  readonly at: number;
  readonly edge: PieceEdge;
}

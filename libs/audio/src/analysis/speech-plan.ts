import { packetSamples, samplesPerSecond } from '../ogg/opus-packet.js';
import { speechOf } from './known-speech.js';
import type { PlannedWindow } from './planned-window.js';
import { airSamples, speechPieces, type PieceEdge, type SpeechPiece } from './speech-pieces.js';
import type { AnalysisTrack } from './track.js';

/** A silence longer than 2 s is in no window, apart from what a short window needs to be long enough. */
const longSilence = 2 * samplesPerSecond;

/** What a plan gives up for fewer windows, and for each end that is not in a pause with room for air: samples of speech. */
const windowCost = samplesPerSecond;
const edgeCosts: Readonly<Record<PieceEdge, number>> = { pause: 0, gap: samplesPerSecond / 4, word: samplesPerSecond };

/** Bounds of the length of a window. */
export interface WindowBounds {
  readonly minSeconds: number;
  readonly maxSeconds: number;
}

/**
 * Plans windows that start and end in pauses, with air at both ends. Of all such plans, takes one that keeps the most
 * speech in the fewest windows (`windowCost`, `edgeCosts`). Empty if nobody speaks long enough.
 */
export function planSpeech(track: AnalysisTrack, { minSeconds, maxSeconds }: WindowBounds): readonly PlannedWindow[] {
  const max = maxSeconds * samplesPerSecond;
  const min = Math.min(max, Math.ceil(minSeconds * samplesPerSecond));
  const bounds = { min: min / packetSamples, max: max / packetSamples };
  const pieces = speechPieces(speechOf(track), track.voice, bounds);
  const candidates = new CandidateWindows(pieces, track.totalSamples, min, max);
  return bestPlan(pieces.length, candidates).map(([first, last]) => candidates.window(first, last));
}

/** The first and the last piece of a window. */
type PieceRange = readonly [first: number, last: number];

/** Chooses windows by dynamic programming from the last piece on: the best plan of a rest is part of the best plan. */
function bestPlan(pieces: number, candidates: CandidateWindows): PieceRange[] {
  const worths = new Float64Array(pieces + 1);
  const choices = new Int32Array(pieces).fill(-1);
  for (let first = pieces - 1; first >= 0; first -= 1) {
    let best = worths[first + 1] ?? 0;
    candidates.eachFrom(first, (last, ownWorth) => {
      const worth = ownWorth + (worths[last + 1] ?? 0);
      if (worth < best || ownWorth <= 0) return;
      best = worth;
      choices[first] = last;
    });
    worths[first] = best;
  }
  const plan: PieceRange[] = [];
  for (let first = 0; first < pieces;) {
    const last = choices[first] ?? -1;
    if (last >= 0) plan.push([first, last]);
    first = Math.max(first, last) + 1;
  }
  return plan;
}

/** The windows that a plan may have. */
class CandidateWindows {
  constructor(
    private readonly pieces: readonly SpeechPiece[],
    private readonly totalSamples: number,
    private readonly min: number,
    private readonly max: number,
  ) {}

  /** Calls back for the windows that start with a piece, from the shortest to the longest. */
  eachFrom(first: number, take: (last: number, worth: number) => void): void {
    const start = this.#start(first) - this.#room(first, 'before', airSamples);
    let speech = 0;
    for (let last = first; last < this.pieces.length; last += 1) {
      if (last > first && this.#start(last) - this.#end(last - 1) > longSilence) return;
      const end = this.#end(last) + this.#room(last, 'after', airSamples);
      if (end - start > this.max) return;
      speech += this.#end(last) - this.#start(last);
      if (2 * speech < this.min) continue;
      if (end - start < this.min && this.window(first, last).durationSamples < this.min) continue;
      take(last, speech - windowCost - this.#edgeCost(first, 'before') - this.#edgeCost(last, 'after'));
    }
  }

  /** Returns the window of these pieces, lengthened to the minimum as far as the pauses beside it allow. */
  window(first: number, last: number): PlannedWindow {
    const start = this.#start(first) - this.#room(first, 'before', airSamples);
    const end = this.#end(last) + this.#room(last, 'after', airSamples);
    const [before, after] = end - start >= this.min ? [0, 0] : this.#lengthening(first, last, end - start);
    return {
      startSamples: start - before,
      durationSamples: end + after - (start - before),
      isCutInWord: this.pieces[first]?.before === 'word' || this.pieces[last]?.after === 'word',
    };
  }

  #edgeCost(piece: number, side: 'before' | 'after'): number {
    return edgeCosts[this.pieces[piece]?.[side] ?? 'pause'];
  }

  /** How much longer a short window becomes at both ends: into the pauses beside it, up to their middle. */
  #lengthening(first: number, last: number, length: number): readonly [before: number, after: number] {
    const missing = this.min - length;
    const more = (piece: number, side: 'before' | 'after'): number =>
      this.#room(piece, side, Infinity) - this.#room(piece, side, airSamples);
    const [before, after] = [more(first, 'before'), more(last, 'after')];
    const added = Math.min(before, Math.max(missing - after, Math.ceil(missing / 2)));
    return [added, Math.min(after, missing - added)];
  }

  /** How much pause beside a piece a window may have: up to `wanted`, and to the middle of the pause. */
  #room(piece: number, side: 'before' | 'after', wanted: number): number {
    if (this.pieces[piece]?.[side] !== 'pause') return 0;
    const pause =
      side === 'before' ? this.#start(piece) - this.#end(piece - 1) : this.#start(piece + 1) - this.#end(piece);
    const isOuter = piece === (side === 'before' ? 0 : this.pieces.length - 1);
    return Math.min(wanted, isOuter ? pause : Math.floor(pause / 2));
  }

  #start(piece: number): number {
    const from = this.pieces[piece]?.from;
    return from === undefined ? this.totalSamples : Math.round(from * packetSamples);
  }

  #end(piece: number): number {
    return piece < 0
      ? 0
      : Math.min(this.totalSamples, Math.round((this.pieces[piece]?.to ?? Infinity) * packetSamples));
  }
}

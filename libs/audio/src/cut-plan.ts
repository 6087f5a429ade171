import { packetSamples } from './opus-packet.js';

/**
 * Packets decoded and thrown away before a cut, so that the decoder has settled when the audio begins: 160 ms. RFC 7845
 * §4.2 asks for at least 80 ms; a cut without them starts with about 140 ms of wrong audio.
 */
export const preRollPackets = 8;

/** The stretch of a stream that shall become a stream of its own; 48 kHz samples. */
export interface Stretch {
  readonly startSamples: number;
  readonly durationSamples: number;
}

/** Which packets to copy, and what the new stream's headers say. */
export interface CutPlan {
  /** Number of the first packet to copy, from 0. */
  readonly firstPacket: number;
  readonly packetCount: number;
  /** Pre-skip of the new stream, in 48 kHz samples: pre-roll, and what the first packet holds before the cut. */
  readonly preSkip: number;
  /** Granule position that ends the new stream: its pre-skip and its exact length. */
  readonly endGranule: number;
  readonly durationSamples: number;
}

/**
 * Plans a sample-exact cut from a stream of 20 ms packets, without decoding (RFC 7845 §4.2, §4.4).
 *
 * @param streamPreSkip pre-skip of the stream that is cut
 * @returns a plan of at least one packet
 * @throws RangeError unless the stretch starts at 0 or later and is at least a sample long
 */
export function planCut(stretch: Stretch, streamPreSkip: number): CutPlan {
  const { startSamples, durationSamples } = stretch;
  if (!Number.isSafeInteger(startSamples) || !Number.isSafeInteger(durationSamples)) {
    throw new RangeError('A cut is planned in whole samples');
  }
  if (startSamples < 0 || durationSamples < 1) throw new RangeError('A cut starts at 0 or later and is not empty');
  // Position in what the decoder puts out, which begins with the pre-skip.
  const start = streamPreSkip + startSamples;
  const firstPacket = Math.max(0, Math.floor(start / packetSamples) - preRollPackets);
  const packetCount = Math.ceil((start + durationSamples) / packetSamples) - firstPacket;
  const preSkip = start - firstPacket * packetSamples;
  return { firstPacket, packetCount, preSkip, endGranule: preSkip + durationSamples, durationSamples };
}

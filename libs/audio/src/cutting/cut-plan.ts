import { packetSamples } from '../ogg/opus-packet.js';

/**
 * Packets decoded and discarded before a cut, so that the decoder has settled when the audio starts: 160 ms. RFC 7845
 * §4.2 requires at least 80 ms. A cut without them starts with about 140 ms of wrong audio.
 */
export const preRollPackets = 8;

/** A part of a stream, in 48 kHz samples. */
export interface Stretch {
  readonly startSamples: number;
  readonly durationSamples: number;
}

/** Which packets to copy, and the values for the new stream's headers. */
export interface CutPlan {
  /** Number of the first packet to copy, from 0. */
  readonly firstPacket: number;
  readonly packetCount: number;
  /** Pre-skip of the new stream, in 48 kHz samples: the pre-roll, and the part of a packet before the cut. */
  readonly preSkip: number;
  /** Last granule position of the new stream: its pre-skip plus its exact length. */
  readonly endGranule: number;
  readonly durationSamples: number;
}

/**
 * Plans a sample-exact cut from a stream of 20 ms packets, without decoding it (RFC 7845 §4.2, §4.4).
 *
 * @param streamPreSkip pre-skip of the source stream
 * @returns a plan of at least one packet
 * @throws RangeError unless the stretch starts at 0 or later and has at least one sample
 */
export function planCut(stretch: Stretch, streamPreSkip: number): CutPlan {
  const { startSamples, durationSamples } = stretch;
  if (!Number.isSafeInteger(startSamples) || !Number.isSafeInteger(durationSamples)) {
    throw new RangeError('A cut is planned in whole samples');
  }
  if (startSamples < 0 || durationSamples < 1) throw new RangeError('A cut starts at 0 or later and is not empty');
  // Position in the decoder's output, which starts with the pre-skip.
  const start = streamPreSkip + startSamples;
  const firstPacket = Math.max(0, Math.floor(start / packetSamples) - preRollPackets);
  const packetCount = Math.ceil((start + durationSamples) / packetSamples) - firstPacket;
  const preSkip = start - firstPacket * packetSamples;
  return { firstPacket, packetCount, preSkip, endGranule: preSkip + durationSamples, durationSamples };
}

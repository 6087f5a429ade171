import type { CutPlan } from './cut-plan.js';
import { OggOpusWriter } from '../ogg/ogg-opus-writer.js';
import { durationOf, packetSamples } from '../ogg/opus-packet.js';

/**
 * Writes a planned cut as an Ogg Opus file, about 0.75 MB a minute.
 *
 * Deterministic: the same packets, plan and serial give the same bytes, so that a step may run twice.
 *
 * @param packets exactly the packets of the plan
 * @throws Error for another number of packets, or packets that are not 20 ms long
 */
export function cutSample(packets: readonly Uint8Array[], plan: CutPlan, serial: number): Buffer {
  if (packets.length !== plan.packetCount) {
    throw new RangeError(`The plan needs ${plan.packetCount} packets, not ${packets.length}`);
  }
  if (packets.some((packet) => durationOf(packet) !== packetSamples)) {
    throw new Error('Only streams of 20 ms packets can be cut');
  }
  const writer = new OggOpusWriter({ preSkip: plan.preSkip, serial });
  return Buffer.concat([...writer.write(packets), ...writer.end(plan.durationSamples)]);
}

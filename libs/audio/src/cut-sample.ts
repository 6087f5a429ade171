import type { CutPlan } from './cut-plan.js';
import { OggOpusWriter } from './ogg-opus-writer.js';
import { durationOf, packetSamples } from './opus-packet.js';

/**
 * Writes a planned cut as an Ogg Opus file of its own. A minute is about 0.75 MB.
 *
 * Deterministic: the same packets, plan and serial give the same bytes.
 *
 * @param packets exactly the packets the plan names
 * @throws Error when they are not as many, or not of 20 ms
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

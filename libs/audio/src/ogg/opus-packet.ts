/** Ogg Opus always counts at 48 kHz, whatever the rate of the input (RFC 7845 §4). */
export const samplesPerSecond = 48_000;

/** Samples per packet in this project's streams: 20 ms (`-frame_duration 20`). Cutting relies on it. */
export const packetSamples = 960;

/** Maximum duration of a packet (RFC 6716 §3.2.5, requirement R5). */
const maxPacketSamples = 5760;

/** 48 kHz samples per frame, for the frame sizes of each mode (RFC 6716 §3.1, table 2). */
const silkFrames = [480, 960, 1920, 2880];
const hybridFrames = [480, 960];
const celtFrames = [120, 240, 480, 960];

function frameSamples(config: number): number {
  if (config < 12) return silkFrames[config % 4] ?? 0;
  if (config < 16) return hybridFrames[config % 2] ?? 0;
  return celtFrames[config % 4] ?? 0;
}

function frameCount(packet: Uint8Array, code: number): number {
  if (code === 0) return 1;
  if (code < 3) return 2;
  return (packet[1] ?? 0) & 0x3f;
}

/**
 * Returns the duration of an Opus packet, from its table-of-contents byte (RFC 6716 §3.1).
 *
 * @returns 48 kHz samples, 120 to 5760
 * @throws Error for a packet without frames or longer than 120 ms
 */
export function durationOf(packet: Uint8Array): number {
  const toc = packet[0];
  if (toc === undefined) throw new Error('An Opus packet is empty');
  const samples = frameSamples(toc >> 3) * frameCount(packet, toc & 3);
  if (samples === 0 || samples > maxPacketSamples) throw new Error('An Opus packet has an impossible length');
  return samples;
}

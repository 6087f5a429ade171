import type { Measured } from './level-match.js';
import { loudnessOf } from './loudness.js';

const rate = 48_000;

/** By URL: a signed URL always has the same audio. */
const measured = new Map<string, Promise<Measured>>();

/**
 * Downloads and decodes a sound, and measures it. It is done once for each URL.
 *
 * @throws Error if the sound cannot be read or decoded
 */
export function measureSound(url: string): Promise<Measured> {
  const known = measured.get(url);
  if (known) return known;
  const measuring = measure(url);
  measured.set(url, measuring);
  measuring.catch(() => measured.delete(url));
  return measuring;
}

async function measure(url: string): Promise<Measured> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`The sound cannot be read: ${response.status}`);
  // A context for one sample decodes without a sound card. It decodes all of the file at its own rate.
  const context = new OfflineAudioContext({ length: 1, sampleRate: rate });
  const audio = await context.decodeAudioData(await response.arrayBuffer());
  return { loudnessLufs: loudnessOf(audio.getChannelData(0), rate), durationSeconds: audio.duration };
}

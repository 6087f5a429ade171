import type { Schema } from '#libs/client';

/** Opus at 96 kbit/s. */
const bytesPerSecond = 12_000;

/** What a browser holds in memory without trouble. Larger files are written to the disk while they arrive. */
export const mostInMemory = 200_000_000;

/** Returns roughly how large the bundle of all samples is. */
export const bundleBytes = ({ samples }: Schema<'VoiceDetails'>): number =>
  samples.reduce((sum, { duration }) => sum + duration, 0) * bytesPerSecond;

/** An embedding and the test samples of one sample: engines differ, and this is more than most of them need. */
const embeddedBytes = 4_000_000;

/** Returns roughly how large the export of a voice is. */
export const exportBytes = (voice: Schema<'VoiceDetails'>): number =>
  (voice.original_duration ?? 0) * bytesPerSecond +
  bundleBytes(voice) +
  (voice.embedding_info?.sample_scores.length ?? 0) * embeddedBytes;

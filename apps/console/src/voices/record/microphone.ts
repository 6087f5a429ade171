/** Why nothing can be recorded. */
export type Refusal = 'insecure' | 'unsupported' | 'denied' | 'missing' | 'busy';

/** What browsers record, best first. Timbre decodes all of them. */
const formats = [
  { type: 'audio/webm;codecs=opus', extension: 'webm' },
  { type: 'audio/ogg;codecs=opus', extension: 'ogg' },
  { type: 'audio/mp4', extension: 'm4a' },
] as const;

export type Format = (typeof formats)[number];

/** Returns the first format that a browser records. */
export const formatOf = (isSupported: (type: string) => boolean): Format | undefined =>
  formats.find(({ type }) => isSupported(type));

/** Returns why `getUserMedia` failed (W3C Media Capture and Streams, section 10.2). */
export function refusalOf(error: unknown): Refusal {
  const name = error instanceof Error ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'missing';
  return 'busy';
}

/** The voice as it is: browsers otherwise filter noise, echo and loudness, which changes how somebody sounds. */
export const constraintsOf = (deviceId: string | undefined): MediaStreamConstraints => ({
  audio: {
    echoCancellation: false,
    noiseSuppression: false,
    autoGainControl: false,
    channelCount: 1,
    ...(deviceId !== undefined && { deviceId: { exact: deviceId } }),
  },
});

/** Returns the name of a recording's file, for example `recording-2026-11-30-12-05.webm`. */
export function fileNameOf(at: Date, extension: string): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const parts = [at.getMonth() + 1, at.getDate(), at.getHours(), at.getMinutes()].map(two);
  return `recording-${at.getFullYear()}-${parts.join('-')}.${extension}`;
}

/** A level of 0 dBFS fills the meter, one of this leaves it empty. */
const quietestDb = -60;

/** Returns how far a meter is filled, from 0 to 1, by the loudest of some samples from -1 to 1. */
export function levelOf(samples: Float32Array): number {
  const peak = samples.reduce((loudest, sample) => Math.max(loudest, Math.abs(sample)), 0);
  return peak === 0 ? 0 : Math.min(1, Math.max(0, 1 - (20 * Math.log10(peak)) / quietestDb));
}

/** A level below this is no speech: -48 dBFS. */
export const silentLevel = 0.2;

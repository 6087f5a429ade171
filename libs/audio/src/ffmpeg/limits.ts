/** Which recordings are accepted. */
export interface RecordingLimits {
  readonly minSeconds: number;
  readonly maxSeconds: number;
  readonly maxChannels: number;
}

/** Limits of one run of ffmpeg or ffprobe. It may never write a file. */
export interface ProcessLimits {
  readonly cpuSeconds: number;
  /** Writable memory. Debian's ffmpeg needs about 60 MB to load, npm's 100 MB with its threads. */
  readonly memoryBytes: number;
  readonly wallSeconds: number;
  /** How long we wait for the next output while we are ready to read. */
  readonly stallSeconds: number;
}

const gibibyte = 1024 ** 3;

/** A length may be off by one Opus packet (20 ms): decoders add padding, and resampling may add a sample. */
export const lengthToleranceSamples = 960;

/** At least 1 s, at most 8 channels (7.1). */
export function recordingLimits(maxSeconds: number): RecordingLimits {
  return { minSeconds: 1, maxSeconds, maxChannels: 8 };
}

/**
 * Limits for converting a recording of up to `maxSeconds`. An hour takes about 30 s of one core. A machine or codec ten
 * times slower still passes; one slower than real time does not.
 */
export function conversionLimits(maxSeconds: number): ProcessLimits {
  return {
    cpuSeconds: Math.ceil(30 + maxSeconds / 4),
    memoryBytes: 2 * gibibyte,
    wallSeconds: Math.ceil(120 + maxSeconds),
    stallSeconds: 30,
  };
}

/** Limits for a probe, which takes about 0.1 s and 60 MB, or 140 MB for 4 h of MP4 (ffmpeg 5.1). */
export const probeLimits: ProcessLimits = {
  cpuSeconds: 10,
  memoryBytes: 300_000_000,
  wallSeconds: 30,
  stallSeconds: 30,
};

/** Which recordings are taken. */
export interface RecordingLimits {
  readonly minSeconds: number;
  readonly maxSeconds: number;
  readonly maxChannels: number;
}

/** What one run of ffmpeg or ffprobe may use. It may never write a file. */
export interface ProcessLimits {
  readonly cpuSeconds: number;
  /** Address space. Below 300 MB ffmpeg does not load. */
  readonly memoryBytes: number;
  readonly wallSeconds: number;
  /** How long we wait for the next output while we are ready to take it. */
  readonly stallSeconds: number;
}

const gibibyte = 1024 ** 3;

/** A length may be missed by one opus packet (20 ms): decoders pad, and resampling adds a sample here and there. */
export const lengthToleranceSamples = 960;

/** 1 s at least, 8 channels (7.1) at most. */
export function recordingLimits(maxSeconds: number): RecordingLimits {
  return { minSeconds: 1, maxSeconds, maxChannels: 8 };
}

/**
 * Limits for converting a recording of at most `maxSeconds`. An hour takes about 30 s of one core; a machine or codec
 * ten times as slow is still let through, slower than the recording plays is not.
 */
export function conversionLimits(maxSeconds: number): ProcessLimits {
  return {
    cpuSeconds: Math.ceil(30 + maxSeconds / 4),
    memoryBytes: 2 * gibibyte,
    wallSeconds: Math.ceil(120 + maxSeconds),
    stallSeconds: 30,
  };
}

/** Limits for a look at a file, which takes about 0.1 s. */
export const probeLimits: ProcessLimits = {
  cpuSeconds: 10,
  memoryBytes: 2 * gibibyte,
  wallSeconds: 30,
  stallSeconds: 30,
};

import { planSplit, type AnalysisTrack, type CutWindows, type SampleWindows, type SplitRequest } from '#libs/audio';
import { splitDefaults, type RequestedSplit } from '#libs/voices';

/** Returns the parameters of a split as plans take them. Jobs of older processes lack the later ones. */
export function splitRequest(params: RequestedSplit): SplitRequest {
  return {
    mode: params.mode ?? 'fixed',
    windowSeconds: params.sampleDurationSeconds,
    minSeconds: params.minDurationSeconds ?? splitDefaults.minDurationSeconds,
    maxSamples: params.maxSamples,
    select: params.select ?? 'first',
  };
}

/** The samples are the first windows of the recording, so that they can be cut before all of it was measured. */
export function firstWindows(params: RequestedSplit): SampleWindows | null {
  const { mode, select, windowSeconds, maxSamples } = splitRequest(params);
  return mode === 'fixed' && select === 'first' ? { windowSeconds, maxSamples } : null;
}

/** Returns the stretches that become samples, for parameters that have no {@link firstWindows}. */
export function plannedWindows(params: RequestedSplit, track: AnalysisTrack): CutWindows {
  return planSplit(track, splitRequest(params)).windows;
}

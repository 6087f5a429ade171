import { LevelHistogram } from './histogram.js';

/** Speech and noise are told apart within windows of 20 s, so that a recording may change its level. One starts each second. */
const stepFrames = 50;
const windowSteps = 20;

/** A window whose speech would be below -70 dBFS is silent. */
const silentFrom = 140;

/** Levels of noise alone differ less than this between the loudest and the quietest twentieth: 9 dB. Speech has 20 dB. */
const leastRange = 18;

/** Speech is at most 30 dB below the loudest twentieth of a window, and what is less than 10 dB below it is speech. */
const speechRange = { least: 20, most: 60 };

/** Speech is at least 2.5 dB above the level of pauses: the quietest tenth of a window. Restless noise needs up to 3 dB more. */
const leastMargin = 5;
const mostUnrest = 12;

/**
 * Returns for each frame the level above which somebody speaks, in the levels of the track: a frame with a smaller byte is
 * speech. 0 where nobody speaks.
 *
 * Where a recording changes its level, one side of the change looks silent beside the other. So the most sensitive
 * threshold of all windows that a frame is in counts.
 */
export function speechThresholds(voice: Uint8Array): Uint8Array {
  const windows = windowThresholds(voice);
  const thresholds = new Uint8Array(voice.length);
  for (let step = 0; step * stepFrames < voice.length; step += 1) {
    let most = 0;
    for (let window = Math.max(0, step - windowSteps + 1); window <= step; window += 1) {
      most = Math.max(most, windows[window] ?? 0);
    }
    stepOf(thresholds, step).fill(most);
  }
  return thresholds;
}

/** Returns the threshold of the window that starts with each second. The last ones end with the recording. */
function windowThresholds(voice: Uint8Array): Uint8Array {
  const steps = Math.ceil(voice.length / stepFrames);
  const windows = new Uint8Array(Math.max(1, steps - windowSteps + 1));
  const levels = new LevelHistogram();
  for (let step = 0; step < steps; step += 1) {
    for (const level of stepOf(voice, step)) levels.add(level);
    if (step >= windowSteps) for (const level of stepOf(voice, step - windowSteps)) levels.remove(level);
    const window = Math.max(0, step - windowSteps + 1);
    windows[window] = thresholdOf(levels);
  }
  return windows;
}

const stepOf = (voice: Uint8Array, step: number): Uint8Array =>
  voice.subarray(step * stepFrames, (step + 1) * stepFrames);

function thresholdOf(levels: LevelHistogram): number {
  const loud = levels.exceededBy(0.05);
  if (loud >= silentFrom || levels.exceededBy(0.95) - loud < leastRange) return 0;
  const pauses = levels.exceededBy(0.9);
  const unrest = Math.min(mostUnrest, levels.exceededBy(0.98) - pauses);
  const threshold = pauses - leastMargin - unrest / 2;
  return Math.round(Math.min(loud + speechRange.most, Math.max(loud + speechRange.least, threshold)));
}

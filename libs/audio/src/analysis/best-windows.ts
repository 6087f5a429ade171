import { gradeOf, type QualityGrade } from './grade.js';
import type { PlannedWindow } from './planned-window.js';
import { measureQuality } from './quality.js';
import type { AnalysisTrack } from './track.js';

const gradeOrder: Readonly<Record<QualityGrade, number>> = { good: 0, fair: 1, poor: 2 };

/**
 * Returns the best windows, at most `count`, in the order of the recording.
 *
 * The better of two windows has the better grade, then fewer reasons against it, then more speech, then less noise. Of
 * equal ones the earlier is the better.
 */
export function bestWindows(
  track: AnalysisTrack,
  windows: readonly PlannedWindow[],
  count: number,
): readonly PlannedWindow[] {
  if (windows.length <= count) return windows;
  const ranked = windows.map((window, place) => ({ place, ...rankOf(track, window) }));
  ranked.sort(
    (a, b) =>
      a.grade - b.grade || a.reasons - b.reasons || b.speech - a.speech || b.snrDb - a.snrDb || a.place - b.place,
  );
  const best = new Set(ranked.slice(0, count).map(({ place }) => place));
  return windows.filter((_, place) => best.has(place));
}

function rankOf(track: AnalysisTrack, window: PlannedWindow) {
  const figures = measureQuality(track, window);
  const { grade, reasons } = gradeOf(figures);
  const speech = figures.speechRatio * window.durationSamples;
  return { grade: gradeOrder[grade], reasons: reasons.length, speech, snrDb: figures.snrDb };
}

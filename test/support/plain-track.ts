import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { expect } from '@jest/globals';
import type { AnalysisTrack, AudioTools } from '#libs/audio';
import { TrackMeter } from '../../libs/audio/src/analysis/track-meter.js';
import { analysisRate } from '../../libs/audio/src/analysis/track.js';
import { makeAudio } from './audio-measure.js';

/** Decodes a recording in one piece, without the product's code, and measures all of the audio at once. */
export async function plainTrack(tools: AudioTools, path: string, totalSamples: number): Promise<AnalysisTrack> {
  const output = `${path}.${randomUUID()}.s16le`;
  const mono = `aformat=sample_fmts=s16:sample_rates=48000:channel_layouts=mono,aresample=${analysisRate}`;
  const pcm = ['-map', '0:a:0', '-af', mono, '-c:a', 'pcm_s16le', '-f', 's16le'];
  await makeAudio(tools, ['-i', `file:${path}`, ...pcm, `file:${output}`]);
  const bytes = await readFile(output);
  await rm(output);
  const meter = new TrackMeter();
  meter.push(new Int16Array(new Uint8Array(bytes).buffer));
  return meter.end(totalSamples);
}

/** Expects the same bytes. Lists only the first that differ: a whole track would fill the report. */
export function expectTrack(actual: AnalysisTrack | null, expected: AnalysisTrack): void {
  expect(differences(actual, expected, 0).slice(0, 10)).toEqual([]);
}

/**
 * Expects nearly the same level and loudness. For AAC in sections, whose decoder fills in noise: it is as loud, but another
 * noise in every run that starts elsewhere (ISO/IEC 14496-3, perceptual noise substitution).
 */
export function expectAlmostTrack(actual: AnalysisTrack | null, expected: AnalysisTrack): void {
  const levels = (track: AnalysisTrack | null) =>
    track && { totalSamples: track.totalSamples, level: track.level, loudness: track.loudness };
  expect(differences(levels(actual), levels(expected), 2).slice(0, 10)).toEqual([]);
}

type Planes = Partial<AnalysisTrack> | null;

function differences(actual: Planes, expected: Planes, tolerance: number): string[] {
  if (actual === null || expected === null) return ['no track'];
  return Object.entries(expected).flatMap(([plane, values]) => {
    const others = actual[plane as keyof AnalysisTrack];
    if (typeof values === 'number' || typeof others !== 'object')
      return others === values ? [] : [`${plane}: not ${String(values)}`];
    if (others.length !== values.length) return [`${plane}: ${others.length} bytes, not ${values.length}`];
    const isOther = (value: number, at: number): boolean => Math.abs(value - (others[at] ?? NaN)) > tolerance;
    return [...values].flatMap((value, at) =>
      isOther(value, at) ? [`${plane}[${at}]: ${others[at]}, not ${value}`] : [],
    );
  });
}

import type { VoiceEngine } from '../engine/voice-engine.js';
import type { InputConsent } from './embed-input.js';
import type { HandlerRun } from './handler-run.js';
import type { ConsentScore } from './output.js';
import { hearSample, SampleFailure, type Heard } from './stages.js';

/**
 * Compares recorded consents with the samples of the voice. A recording that cannot be used gets no score: the embedding
 * does not depend on it.
 */
export async function compareConsents(
  consents: readonly InputConsent[],
  heard: readonly Heard[],
  engine: VoiceEngine,
  run: HandlerRun,
): Promise<readonly ConsentScore[]> {
  const scores: ConsentScore[] = [];
  const samples = heard.map(({ voiceprint }) => voiceprint);
  for (const { id, sha256, url } of consents) {
    try {
      // No sample has the index 0, so no behaviour lets it fail.
      const { voiceprint } = await hearSample({ index: 0, sha256, url }, engine, run);
      if (voiceprint.audible) scores.push({ id, score: await engine.compare(voiceprint, samples) });
    } catch (error) {
      if (!(error instanceof SampleFailure)) throw error;
    }
  }
  return scores;
}

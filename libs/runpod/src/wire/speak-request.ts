import { wireTerms, type RunTerms } from './run-terms.js';

/** All data of a job that speaks a text. */
export interface SpeakRequest extends RunTerms {
  readonly jobId: string;
  readonly generation: number;
  readonly ttsType: string;
  /** BCP 47, a primary subtag such as `fr`. */
  readonly language: string;
  readonly voice: { readonly partner: string; readonly name: string };
  /** `url` is a signed GET. */
  readonly embedding: { readonly url: string; readonly sha256: string; readonly bytes: number };
  readonly text: string;
  readonly seed: number;
  /** Signed PUT of the audio. */
  readonly speechUrl: string;
  readonly outputUrl: string;
}

/** Builds the body of POST /run for `speak` (docs/gpu-contract.md). */
export function buildSpeakRequest(request: SpeakRequest): string {
  const { jobId, generation, ttsType, language, voice, embedding, text, seed } = request;
  return JSON.stringify({
    input: {
      version: 2,
      action: 'speak',
      job: jobId,
      generation,
      tts_type: ttsType,
      language,
      voice: { partner: voice.partner, name: voice.name },
      embedding: { url: embedding.url, sha256: embedding.sha256, bytes: embedding.bytes },
      text,
      seed,
      results: { speech: request.speechUrl, output: request.outputUrl },
    },
    ...wireTerms(request),
  });
}

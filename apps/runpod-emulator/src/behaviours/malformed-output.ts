import type { EmbedOutput1, EmbedOutput2, HandlerOutput, SampleScore, UploadedObject } from '../handler/output.js';
import type { Malformation } from './malformation.js';

const anotherJob = '00000000-0000-4000-8000-000000000000';
/** Timbre accepts outputs up to 1 MiB. */
const tooManyBytes = 1024 * 1024 + 1;
/** No voice has this many samples. */
const unknownIndex = 99_999;

type EmbedOutput = EmbedOutput1 | EmbedOutput2;

/**
 * Corrupts a handler's output in one way. Objects are missing because they are not uploaded, see `isLeftOut`. An output
 * that does not have the field stays as it is.
 */
export function malformed(output: HandlerOutput, variant: Malformation): unknown {
  switch (variant) {
    case 'no_schema':
      return { message: 'done' };
    case 'wrong_version':
      return { ...output, version: 3 };
    case 'wrong_job':
      return { ...output, job: anotherJob };
    case 'too_large':
      return { ...output, note: 'x'.repeat(tooManyBytes) };
    case 'wrong_sha256':
      return withObject(output, (object) => ({ ...object, sha256: '0'.repeat(64) }));
    case 'wrong_bytes':
      return withObject(output, (object) => ({ ...object, bytes: object.bytes + 1 }));
    case 'missing_embedding':
    case 'missing_test_sample':
    case 'missing_speech':
      return output;
    case 'score_not_a_number':
    case 'score_out_of_range':
    case 'score_twice':
    case 'unknown_index':
      return 'sample_scores' in output ? withScores(output, variant) : output;
    case 'no_model':
    case 'embedding_twice':
    case 'unknown_embedding':
    case 'missing_sample':
    case 'embedded_and_failed':
    case 'unknown_failure':
    case 'failure_without_reason':
    case 'seconds_used_negative':
      return 'embeddings' in output ? malformed2(output, variant) : output;
  }
}

/** Changes the embedding zip, the first embedding or the speech. */
function withObject(output: HandlerOutput, change: (object: UploadedObject) => UploadedObject): unknown {
  if ('embedding_zip' in output) return { ...output, embedding_zip: change(output.embedding_zip) };
  if ('speech' in output) return { ...output, speech: change(output.speech) };
  return { ...output, embeddings: output.embeddings.map((each, at) => (at === 0 ? change(each) : each)) };
}

function withScores(
  output: EmbedOutput,
  variant: 'score_not_a_number' | 'score_out_of_range' | 'score_twice' | 'unknown_index',
): unknown {
  const { sample_scores: scores } = output;
  const [first = { sample_index: 1, score: 0.5 }, ...others] = scores;
  const given = (list: readonly SampleScore[]): unknown => ({ ...output, sample_scores: list });
  switch (variant) {
    case 'score_not_a_number':
      return given([{ ...first, score: NaN }, ...others]); // JSON turns it into null
    case 'score_out_of_range':
      return given([{ ...first, score: 1.5 }, ...others]);
    case 'score_twice':
      return given([{ ...first, score: 0.5 }, ...scores]);
    case 'unknown_index':
      return given([...scores, { sample_index: unknownIndex, score: 0.5 }]);
  }
}

function malformed2(
  output: EmbedOutput2,
  variant:
    | 'no_model'
    | 'embedding_twice'
    | 'unknown_embedding'
    | 'missing_sample'
    | 'embedded_and_failed'
    | 'unknown_failure'
    | 'failure_without_reason'
    | 'seconds_used_negative',
): unknown {
  const { embeddings, failed_samples: failed, engine } = output;
  const first = embeddings[0]!;
  const reason = { code: 'no_speech', message: 'The sample is silent' } as const;
  switch (variant) {
    case 'no_model':
      return { ...output, engine: { name: engine.name, version: engine.version, scorer: engine.scorer } };
    case 'embedding_twice':
      return { ...output, embeddings: [first, ...embeddings] };
    case 'unknown_embedding':
      return { ...output, embeddings: [...embeddings, { ...first, sample_index: unknownIndex }] };
    case 'missing_sample':
      return without(output, first.sample_index);
    case 'embedded_and_failed':
      return { ...output, failed_samples: [...failed, { sample_index: first.sample_index, ...reason }] };
    case 'unknown_failure':
      return { ...output, failed_samples: [...failed, { sample_index: unknownIndex, ...reason }] };
    case 'failure_without_reason':
      return { ...without(output, first.sample_index), failed_samples: [{ sample_index: first.sample_index }] };
    case 'seconds_used_negative':
      return { ...output, embeddings: embeddings.map((each) => ({ ...each, seconds_used: -1 })) };
  }
}

/** Removes a sample from every list. */
function without(output: EmbedOutput2, index: number): EmbedOutput2 {
  const others = <T extends { readonly sample_index: number }>(list: readonly T[]): readonly T[] =>
    list.filter(({ sample_index }) => sample_index !== index);
  return {
    ...output,
    embeddings: others(output.embeddings),
    test_samples: others(output.test_samples),
    sample_scores: others(output.sample_scores),
  };
}

/** True if this object is named in the output but not uploaded. Of embeddings and test samples, that is the first. */
export function isLeftOut(
  variant: Malformation | null,
  object: 'embedding' | 'test_sample' | 'speech',
  position = 0,
): boolean {
  return variant === `missing_${object}` && position === 0;
}

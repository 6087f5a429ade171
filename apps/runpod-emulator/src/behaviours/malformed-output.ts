import type { EmbedOutput } from '../handler/embed-output.js';
import type { Malformation } from './behaviour.js';

const ANOTHER_JOB = '00000000-0000-4000-8000-000000000000';
/** The product takes outputs up to 1 MiB. */
const TOO_MANY_BYTES = 1024 * 1024 + 1;
/** No voice has this many samples. */
const NO_SUCH_INDEX = 99_999;

/** A handler's output, spoilt in one way. The missing objects are spoilt by not writing them: see `isLeftOut`. */
export function malformed(output: EmbedOutput, variant: Malformation): unknown {
  const [first, ...others] = output.sample_scores;
  const firstIndex = first?.sample_index ?? 1;
  const scored = (score: unknown): unknown => ({
    ...output,
    sample_scores: [{ sample_index: firstIndex, score }, ...others],
  });
  switch (variant) {
    case 'no_schema':
      return { message: 'done' };
    case 'wrong_job':
      return { ...output, job: ANOTHER_JOB };
    case 'too_large':
      return { ...output, note: 'x'.repeat(TOO_MANY_BYTES) };
    case 'missing_zip':
    case 'missing_test_sample':
      return output;
    case 'wrong_sha256':
      return { ...output, embedding_zip: { ...output.embedding_zip, sha256: '0'.repeat(64) } };
    case 'score_not_a_number':
      return scored(NaN); // JSON turns it into null
    case 'score_out_of_range':
      return scored(1.5);
    case 'score_twice':
      return { ...output, sample_scores: [{ sample_index: firstIndex, score: 0.5 }, ...output.sample_scores] };
    case 'unknown_index':
      return { ...output, sample_scores: [...output.sample_scores, { sample_index: NO_SUCH_INDEX, score: 0.5 }] };
  }
}

/** Is this object named in the output but never written? Of the test samples it is the first. */
export function isLeftOut(variant: Malformation | null, object: 'zip' | 'test_sample', position = 0): boolean {
  if (object === 'zip') return variant === 'missing_zip';
  return variant === 'missing_test_sample' && position === 0;
}

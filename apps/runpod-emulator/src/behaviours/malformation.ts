/** Ways to corrupt an output that apply to both versions of `embed`. */
export const malformations = [
  'no_schema',
  'wrong_version',
  'wrong_job',
  'too_large',
  'missing_embedding',
  'missing_test_sample',
  'wrong_sha256',
  'wrong_bytes',
  'score_not_a_number',
  'score_out_of_range',
  'score_twice',
  'unknown_index',
] as const;

/** Ways to corrupt an output that only `embed` of version 2 has. */
export const malformations2 = [
  'no_model',
  'embedding_twice',
  'unknown_embedding',
  'missing_sample',
  'embedded_and_failed',
  'unknown_failure',
  'failure_without_reason',
  'seconds_used_negative',
] as const;

/** Ways to corrupt the output of `speak`. */
export const speechMalformations = [
  'no_schema',
  'wrong_version',
  'wrong_job',
  'too_large',
  'missing_speech',
  'wrong_sha256',
  'wrong_bytes',
] as const;

export const allMalformations = [...new Set([...malformations, ...malformations2, ...speechMalformations])];
export type Malformation = (typeof allMalformations)[number];

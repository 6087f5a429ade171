/** One row of the failure table. */
export interface Failure {
  /** HTTP status when a request ends in it. */
  readonly status: number;
  /** The sentence a person reads; `null` where the place that throws has to say what exactly was wrong. */
  readonly sentence: string | null;
  /** May the same work succeed later without anybody changing anything? Jobs retry only these. */
  readonly retryable: boolean;
}

const failure = <S extends string | null>(status: number, sentence: S, retryable = false) => ({
  status,
  sentence,
  retryable,
});

/**
 * Every way a request or a job can fail: code → status, sentence, may it be retried.
 *
 * Sentences and statuses of requests are the REST contract's, word for word. The last block fails jobs; their
 * sentences become a voice's `errors.splitting` or `errors.embedding`.
 */
export const failures = {
  malformed_request: failure(400, null),
  invalid_api_key: failure(401, 'Invalid API key'),
  access_denied: failure(403, 'Access denied'),
  voice_not_found: failure(404, 'Voice not found'),
  sample_not_found: failure(404, 'Sample not found'),
  test_sample_not_found: failure(404, 'Test sample not found'),
  partner_not_found: failure(404, 'Partner not found'),
  key_not_found: failure(404, 'Key not found'),
  not_found: failure(404, 'Not found'),
  method_not_allowed: failure(405, 'Method not allowed'),
  upload_timed_out: failure(408, 'Upload timed out'),
  voice_locked: failure(409, 'Voice is currently being processed'),
  voice_exists: failure(409, 'Voice already exists'),
  no_original: failure(409, 'Voice has no original recording'),
  no_samples: failure(409, 'Voice has no samples'),
  too_many_samples: failure(409, 'Voice has too many samples'),
  too_large: failure(413, null),
  range_not_satisfiable: failure(416, 'Range not satisfiable'),
  invalid_parameter: failure(422, null),
  unusable_audio: failure(422, null),
  headers_too_large: failure(431, 'The URL and headers are too large'),
  rate_limited: failure(429, 'Rate limit exceeded', true),
  internal: failure(500, 'Internal server error', true),
  unavailable: failure(503, 'Service temporarily unavailable', true),
  insufficient_storage: failure(507, 'Insufficient storage', true),

  conversion_failed: failure(500, 'The recording could not be converted'),
  conversion_stalled: failure(500, 'The conversion stopped making progress and was ended'),
  conversion_over_limits: failure(500, 'The conversion used more time or memory than it may and was ended'),
  recording_lost: failure(500, 'The uploaded recording is no longer stored'),
  gpu_unreachable: failure(503, 'The embedding service could not be reached', true),
  gpu_outcome_unknown: failure(503, 'The embedding service did not say whether it took the job', true),
  gpu_refused: failure(500, null),
  gpu_failed: failure(500, null),
  gpu_output_invalid: failure(500, null),
  gpu_objects_differ: failure(503, null, true),
  deadline_passed: failure(500, 'The embedding was not finished before its deadline'),
  cancelled: failure(500, 'Cancelled'),
  died_too_often: failure(500, 'Processing stopped unexpectedly several times'),
} as const satisfies Record<string, Failure>;

export type FailureCode = keyof typeof failures;

/** Codes whose sentence stands in the table. */
export type FixedFailureCode = {
  [C in FailureCode]: (typeof failures)[C]['sentence'] extends string ? C : never;
}[FailureCode];

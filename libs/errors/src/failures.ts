/** One row of the failure table. */
export interface Failure {
  /** The HTTP status of a request that fails with it. */
  readonly status: number;
  /** The sentence for the client; `null` if the code that throws must say what was wrong. */
  readonly sentence: string | null;
  /** Whether the same work may succeed later without a change. Jobs retry only these failures. */
  readonly retryable: boolean;
}

const failure = <S extends string | null>(status: number, sentence: S, retryable = false) => ({
  status,
  sentence,
  retryable,
});

/**
 * All failures of requests and jobs: code, HTTP status, sentence, and whether a retry may help.
 *
 * Statuses and sentences of requests are fixed by the REST contract. The last block contains failures of jobs, whose
 * sentences become a voice's `errors.splitting` or `errors.embedding`, or the `error` of a speech.
 */
export const failures = {
  malformed_request: failure(400, null),
  invalid_api_key: failure(401, 'Invalid API key'),
  access_denied: failure(403, 'Access denied'),
  scope_missing: failure(403, null),
  quota_exceeded: failure(403, null),
  voice_not_found: failure(404, 'Voice not found'),
  sample_not_found: failure(404, 'Sample not found'),
  test_sample_not_found: failure(404, 'Test sample not found'),
  embedding_not_found: failure(404, 'Embedding not found'),
  speech_not_found: failure(404, 'Speech not found'),
  run_not_found: failure(404, 'Embedding run not found'),
  consent_not_found: failure(404, 'Consent not found'),
  consent_file_not_found: failure(404, 'Consent has no file'),
  partner_not_found: failure(404, 'Partner not found'),
  key_not_found: failure(404, 'Key not found'),
  webhook_not_found: failure(404, 'Webhook not found'),
  delivery_not_found: failure(404, 'Delivery not found'),
  recompute_not_found: failure(404, 'Recompute not found'),
  not_found: failure(404, 'Not found'),
  method_not_allowed: failure(405, 'Method not allowed'),
  upload_timed_out: failure(408, 'Upload timed out'),
  voice_locked: failure(409, 'Voice is currently being processed'),
  voice_not_processed: failure(409, 'Voice is not being processed'),
  voice_exists: failure(409, 'Voice already exists'),
  no_original: failure(409, 'Voice has no original recording'),
  no_samples: failure(409, 'Voice has no samples'),
  too_much_to_embed: failure(409, null),
  no_preferred_sample: failure(409, 'Voice has no preferred sample'),
  no_single_embeddings: failure(409, 'The embedding is one archive; embed the voice again to get single files'),
  no_embedding: failure(409, 'Voice has no embedding'),
  cannot_speak: failure(409, null),
  run_samples_gone: failure(409, 'The samples of this run are gone'),
  run_is_current: failure(409, 'The current run cannot be deleted'),
  no_consent: failure(409, 'Voice has no consent on record'),
  too_many_consents: failure(409, 'Voice has too many consents'),
  too_many_samples: failure(409, 'Voice has too many samples'),
  webhook_disabled: failure(409, 'Webhook is disabled'),
  too_many_webhooks: failure(409, 'Partner has too many webhooks'),
  idempotency_key_reused: failure(409, 'Idempotency-Key was used with another request'),
  idempotency_key_busy: failure(409, 'A request with this Idempotency-Key is still being processed', true),
  idempotency_answer_deleted: failure(409, 'The answer to this Idempotency-Key was deleted'),
  too_large: failure(413, null),
  range_not_satisfiable: failure(416, 'Range not satisfiable'),
  invalid_parameter: failure(422, null),
  invalid_archive: failure(422, null),
  unusable_audio: failure(422, null),
  headers_too_large: failure(431, 'The URL and headers are too large'),
  rate_limited: failure(429, 'Rate limit exceeded', true),
  too_many_streams: failure(429, 'Too many event streams are open', true),
  internal: failure(500, 'Internal server error', true),
  unavailable: failure(503, 'Service temporarily unavailable', true),
  insufficient_storage: failure(507, 'Insufficient storage', true),

  conversion_failed: failure(500, 'The recording could not be converted'),
  conversion_stalled: failure(500, 'The conversion stopped making progress and was ended'),
  conversion_over_limits: failure(500, 'The conversion used more time or memory than it may and was ended'),
  recording_lost: failure(500, 'The uploaded recording is no longer stored'),
  archive_lost: failure(500, 'The uploaded archive is no longer stored'),
  gpu_unreachable: failure(503, 'The embedding service could not be reached', true),
  gpu_outcome_unknown: failure(503, 'The embedding service did not say whether it took the job', true),
  gpu_refused: failure(500, null),
  gpu_failed: failure(500, null),
  gpu_output_invalid: failure(500, null),
  gpu_objects_differ: failure(503, null, true),
  speech_deadline_passed: failure(500, 'The text was not spoken before its deadline'),
  deadline_passed: failure(500, 'The embedding was not finished before its deadline'),
  cancelled: failure(500, 'Cancelled'),
  died_too_often: failure(500, 'Processing stopped unexpectedly several times'),
} as const satisfies Record<string, Failure>;

export type FailureCode = keyof typeof failures;

/** Codes with a sentence in the table. */
export type FixedFailureCode = {
  [C in FailureCode]: (typeof failures)[C]['sentence'] extends string ? C : never;
}[FailureCode];

/**
 * Causes of a 503 or 507. The metric `timbre_http_unavailable_total` and the request's log line carry them as `cause`.
 */
export const causeCodes = [
  'postgres_unreachable',
  'postgres_read_only',
  'postgres_overloaded',
  'postgres_full',
  'storage_unreachable',
  'storage_full',
  'scratch_unusable',
  'scratch_full',
  'redis_unreachable',
  'conversions_full',
  'conversion_killed',
  'voice_changing',
  'other',
] as const;

export type CauseCode = (typeof causeCodes)[number];

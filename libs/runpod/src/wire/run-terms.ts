/** What a submission tells RunPod besides the handler's input. */
export interface RunTerms {
  readonly webhookUrl: string;
  /** null for the endpoint's own setting. */
  readonly executionTimeoutMs: number | null;
  readonly ttlMs: number;
}

/** Returns the fields of POST /run beside `input`. */
export function wireTerms({ webhookUrl, executionTimeoutMs, ttlMs }: RunTerms): object {
  return {
    webhook: webhookUrl,
    policy: { ...(executionTimeoutMs === null ? {} : { executionTimeout: executionTimeoutMs }), ttl: ttlMs },
  };
}

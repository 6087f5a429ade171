import type { Config } from '#libs/config';
import type { GpuJob } from '#libs/jobs';
import type { RunTerms } from '#libs/runpod';
import { hookPath } from './hook-token.js';

/** The settings of all submissions. */
export type RunTermsConfig = Pick<Config, 'callbackUrl' | 'embeddingDeadlineSeconds' | 'runpodExecutionTimeoutSeconds'>;

/** Signed URLs outlive the deadline, so that a result of its last moment can still be stored. */
const urlsOutliveSeconds = 15 * 60;

/** Returns how long the signed URLs of a submission are valid. */
export function urlSeconds({ embeddingDeadlineSeconds }: Pick<RunTermsConfig, 'embeddingDeadlineSeconds'>): number {
  return embeddingDeadlineSeconds + urlsOutliveSeconds;
}

/** Returns what RunPod is told about a job of either kind: its webhook and its limits. */
export function runTerms({ generation }: GpuJob, hookToken: string, config: RunTermsConfig): RunTerms {
  const { callbackUrl, embeddingDeadlineSeconds, runpodExecutionTimeoutSeconds: executionTimeout } = config;
  return {
    webhookUrl: `${callbackUrl}${hookPath(hookToken, generation)}`,
    executionTimeoutMs: executionTimeout === undefined ? null : executionTimeout * 1000,
    ttlMs: embeddingDeadlineSeconds * 1000,
  };
}

import { inboxOutputKey, signObjectToken } from '#libs/storage';
import type { TestPartner } from '../../support/shared-stack.js';
import type { StackAddress } from '../../support/stack.js';
import { waitFor } from '../../support/wait-for.js';
import { sql } from './sql.js';

/** What RunPod has received for a running embedding. Paths are below `/api`. */
export interface GpuSide {
  readonly jobId: string;
  readonly runpodJobId: string;
  readonly webhook: string;
  /** The signed path to which the handler PUTs its output. */
  readonly output: string;
  /** A signed path that reads this output. */
  readonly outputRead: string;
}

/** Waits until RunPod has the voice's job, and returns what it has received. */
export async function gpuSide(stack: StackAddress, partner: TestPartner, voice: string): Promise<GpuSide> {
  const job = await waitFor('the job is on RunPod', async () => {
    const [row] = await sql<{
      job: string;
      voice: string;
      token: string;
      generation: number;
      runpod: string;
      secret: string;
    }>(
      stack,
      `SELECT j.id AS job, j.voice_id AS voice, j.hook_token AS token, j.submitted_generation AS generation,
         j.runpod_job_id AS runpod, s.value AS secret
       FROM jobs j JOIN voices v ON v.id = j.voice_id JOIN partners p ON p.id = v.partner_id, settings s
       WHERE p.name = $1 AND v.name = $2 AND j.state = 'waiting' AND j.runpod_job_id IS NOT NULL
         AND s.name = 'signing_secret'`,
      [partner.name, voice],
    );
    return row;
  });
  const key = inboxOutputKey({ voiceId: job.voice, jobId: job.job, generation: job.generation });
  const grant = { key, expiresAtSeconds: Math.floor(Date.now() / 1000) + 60, contentType: 'application/json' } as const;
  const signed = (
    more: { method: 'PUT'; maxBytes: number } | { method: 'GET'; downloadName: null; inline: false },
  ): string => `/objects/${signObjectToken({ ...grant, ...more }, [job.secret])}`;
  return {
    jobId: job.job,
    runpodJobId: job.runpod,
    webhook: `/hooks/runpod/${job.token}.${job.generation}`,
    output: signed({ method: 'PUT', maxBytes: 1024 }),
    outputRead: signed({ method: 'GET', downloadName: null, inline: false }),
  };
}

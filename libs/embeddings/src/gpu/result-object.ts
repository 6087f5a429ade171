import type { GpuJob } from '#libs/jobs';
import { longestOutputBytes } from '#libs/runpod';
import { inboxOutputKey, type ObjectStorage } from '#libs/storage';

/**
 * The result object is the handler's output, stored in the job's inbox as its last act. It is there when RunPod's answer
 * is not (docs/gpu-contract.md).
 */
function keyOf(job: GpuJob): string | null {
  if (job.submittedGeneration === null) return null;
  return inboxOutputKey({ voiceId: job.voiceId, jobId: job.id, generation: job.submittedGeneration });
}

/** Whether the handler has written its result object. */
export async function hasResultObject(storage: ObjectStorage, job: GpuJob): Promise<boolean> {
  const key = keyOf(job);
  return key !== null && (await storage.stat(key)) !== null;
}

/** Reads the result object, cut off once it is longer than any output may be. @returns undefined when there is none */
export async function readResultObject(storage: ObjectStorage, job: GpuJob): Promise<string | undefined> {
  const key = keyOf(job);
  const bytes = key === null ? null : await storage.read(key);
  if (bytes === null) return undefined;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of bytes as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > longestOutputBytes) break; // leaving the loop closes the object
  }
  return Buffer.concat(chunks).toString('utf8');
}

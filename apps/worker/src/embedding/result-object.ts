import { longestOutputBytes } from '#libs/runpod';
import { inboxOutputKey, type ObjectStorage } from '#libs/storage';
import type { ClaimedJob } from '#libs/jobs';

function keyOf(job: ClaimedJob): string | null {
  if (job.submittedGeneration === null) return null;
  return inboxOutputKey({ voiceId: job.voiceId, jobId: job.id, generation: job.submittedGeneration });
}

/** Has the handler written its output, the last thing it does? */
export async function hasResultObject(storage: ObjectStorage, job: ClaimedJob): Promise<boolean> {
  const key = keyOf(job);
  return key !== null && (await storage.stat(key)) !== null;
}

/** The handler's output as it wrote it; null when it did not, or wrote more than an output may have. */
export async function readResultObject(storage: ObjectStorage, job: ClaimedJob): Promise<string | null> {
  const key = keyOf(job);
  const bytes = key === null ? null : await storage.read(key);
  if (bytes === null) return null;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of bytes as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > longestOutputBytes) return null; // leaving the loop closes the object
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

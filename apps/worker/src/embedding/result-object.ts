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

/** The handler's output as it wrote it, cut off once it is longer than any output; undefined when it wrote none. */
export async function readResultObject(storage: ObjectStorage, job: ClaimedJob): Promise<string | undefined> {
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

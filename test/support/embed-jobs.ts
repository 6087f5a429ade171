import { randomBytes } from 'node:crypto';
import { EmbeddingsService } from '#libs/embeddings';
import { startSubmission, waitOnGpu, type EmbedJob } from '#libs/jobs';
import { SamplesService } from '#libs/samples';
import { convertedSample, required, type Domain } from './domain.js';

/** The id of a voice whose embedding was requested; its one sample has index 1. */
export async function requestEmbedding(domain: Domain): Promise<string> {
  const voiceId = await domain.emptyVoice();
  await domain.get(SamplesService).add(voiceId, convertedSample(voiceId));
  await domain.get(EmbeddingsService).request(voiceId, {});
  return voiceId;
}

/** A claimed job that is about to be submitted. */
export async function claimedEmbedding(domain: Domain): Promise<EmbedJob> {
  return domain.claim(await requestEmbedding(domain), 'embed');
}

/** A submission to the endpoint `e1`, with a webhook token of its own. */
export const newSubmission = () => ({
  endpoint: 'e1',
  hookToken: randomBytes(24).toString('base64url'),
  deadlineSeconds: 3_600,
});

/** A job that waits on the GPU as it was claimed, and the token of its webhook. */
export async function waitingOnGpu(
  domain: Domain,
  runpodJobId: string | null,
  firstPollMs = 0,
): Promise<{ readonly job: EmbedJob; readonly hookToken: string }> {
  const job = await claimedEmbedding(domain);
  const submission = newSubmission();
  if (!(await startSubmission(domain.database, job, submission))) throw new Error('The claim is lost');
  required(await waitOnGpu(domain.database, job, runpodJobId, firstPollMs));
  return { job, hookToken: submission.hookToken };
}

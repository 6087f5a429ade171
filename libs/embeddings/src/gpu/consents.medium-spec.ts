import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConsentsService, type NewConsent } from '#libs/consent';
import { findJob, type EmbedJob } from '#libs/jobs';
import { ConsentRevocations } from '#libs/processing';
import { consentFileKey, consentRecordingKey } from '#libs/storage';
import { ofKind } from '../../../../test/support/domain.js';
import { completed, EmbeddingLab } from '../../../../test/support/embedding-lab.js';

let lab: EmbeddingLab;
beforeAll(async () => {
  lab = await EmbeddingLab.open();
});
afterAll(() => lab.close());

const consents = (): ConsentsService => lab.domain.get(ConsentsService);

function recorded(voiceId: string): NewConsent {
  const id = randomUUID();
  const file = { name: 'yes.wav', objectKey: consentFileKey(voiceId, id), bytes: 5, sha256: 'ab'.repeat(32) };
  const objectKey = consentRecordingKey(voiceId, id);
  const recording = { objectKey, durationSeconds: 6.5, bytes: 5, sha256: 'cd'.repeat(32) };
  const said = { statement: 'I agree.', language: 'en', grantedBy: 'Jane Doe', textVersion: null };
  return { id, ...said, method: 'recorded', file, recording };
}

/** Submits a job, and collects what the handler makes of it. */
async function embed(requested: EmbedJob, runpodJobId: string, more: object): Promise<void> {
  const worker = lab.worker();
  lab.answers.set('run', { status: 200, body: { id: runpodJobId, status: 'IN_QUEUE' } });
  await worker.steps.deliver(requested.id);
  const submitted = ofKind('embed', await findJob(lab.domain.database, requested.id));
  lab.answers.set(runpodJobId, completed({ ...(await lab.deliver(submitted)), ...more }));
  await lab.domain.database.query('UPDATE jobs SET run_after = now() WHERE id = $1', [requested.id]);
  await worker.polls.deliver(requested.id, 1);
}

describe('the recorded consents of a voice', () => {
  it('are sent with an embedding, and keep what the handler measured, also if revoked meanwhile', async () => {
    const job = await lab.requestedJob();
    const [first, second, revoked] = [recorded(job.voiceId), recorded(job.voiceId), recorded(job.voiceId)];
    for (const consent of [first, second, revoked]) await consents().add(job.voiceId, consent);
    await lab.domain.get(ConsentRevocations).revoke(job.voiceId, revoked.id);
    await embed(job, 'measured', { consent_scores: [{ id: first.id, score: 0.91 }] });

    const sent = lab.submitted.at(-1)?.input['consents'] as { readonly id: string }[];
    expect(sent.map(({ id }) => id).sort()).toEqual([first.id, second.id].sort());
    expect(sent[0]).toMatchObject({ duration: 6.5, sha256: 'cd'.repeat(32), url: expect.stringMatching(/^http/) });
    expect(await lab.details(job)).toMatchObject({ embeddingStatus: 'completed' });
    const similarities = new Map((await consents().list(job.voiceId)).map(({ id, similarity }) => [id, similarity]));
    expect(similarities.get(first.id)).toMatchObject({ score: 0.91, scorer: 'test' });
    expect([similarities.get(second.id), similarities.get(revoked.id)]).toEqual([null, null]);
  });

  it('change nothing for a handler that does not know them', async () => {
    const job = await lab.requestedJob();
    await consents().add(job.voiceId, recorded(job.voiceId));
    await embed(job, 'older', {});
    expect(await lab.details(job)).toMatchObject({ embeddingStatus: 'completed' });
    expect((await consents().list(job.voiceId))[0]?.similarity).toBeNull();
  });
});

describe('SubmitStep with REQUIRE_CONSENT', () => {
  it('fails an embedding without consent before anything is sent', async () => {
    const job = await lab.requestedJob(); // by an API that does not ask for a consent
    const before = lab.submitted.length;
    await lab.worker({ requireConsent: 'true' }).steps.deliver(job.id);
    expect(lab.submitted).toHaveLength(before);
    const embeddingError = 'Voice has no consent on record';
    expect(await lab.details(job)).toMatchObject({ embeddingStatus: 'failed', embeddingError });
  });
});

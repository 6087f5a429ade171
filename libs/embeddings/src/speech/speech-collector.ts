import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database';
import { commitFenced, completeJob, type SpeakJob } from '#libs/jobs';
import { parseSpeakOutput } from '#libs/runpod';
import { keepUsedUpSeconds, removeObjects } from '#libs/retention';
import { inboxPrefix, inboxSpeechKey, speechKey, type GenerationId } from '#libs/storage';
import type { Collected } from '../gpu/collected.js';
import { DeliveredObjects } from '../gpu/delivered-objects.js';
import { completeSpeech, type SpokenAudio } from './speech-rows.js';

/** Collects the audio of a speech. May run twice: each claim copies to the folder of its own generation. */
@Injectable()
export class SpeechCollector {
  constructor(
    private readonly database: Database,
    private readonly objects: DeliveredObjects,
  ) {}

  /** @param raw the output of the handler */
  async collect(job: SpeakJob, raw: unknown): Promise<Collected> {
    const output = parseSpeakOutput(raw, { jobId: job.id, ttsType: job.params.ttsType });
    if (!output.ok) return { ...output, mayPass: false };
    const to: GenerationId = { voiceId: job.voiceId, jobId: job.id, generation: job.generation };
    const from: GenerationId = { ...to, generation: job.submittedGeneration ?? job.generation };
    const copied = await this.objects.copyObject(inboxSpeechKey(from), speechKey(to), output.value, 'the speech');
    if (!copied.ok) return { ...copied, mayPass: true };
    const audio = { ...output.value, objectKey: speechKey(to) };
    return { ok: true, commit: () => this.commit(job, audio, inboxPrefix(from)) };
  }

  private commit(job: SpeakJob, audio: SpokenAudio, inbox: string): Promise<void> {
    return commitFenced(this.database, job, async (tx) => {
      await completeSpeech(tx, job.id, audio);
      await removeObjects(tx, [inbox], keepUsedUpSeconds);
      await completeJob(tx, job);
    });
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { recordChange } from '#libs/audit';
import { CONFIG } from '#libs/config';
import { Database, EmbeddingEntity, type EmbeddingRunEntity, type Transaction } from '#libs/database';
import { AppError } from '#libs/errors';
import { emitEvent } from '#libs/events';
import {
  changeVoice,
  refuseWithoutConsent,
  restoreEmbedding,
  VoicesService,
  type ConsentRule,
  type VoiceDetails,
} from '#libs/voices';
import { measuredSamples } from '../embedding-results.js';
import { choosePreferred } from '../preferred-sample.js';
import { completeBeforeReading, completeRuns } from './complete-runs.js';
import { EmbeddingRunsRepository, findKeptRun, type RunSummary } from './embedding-runs.repository.js';
import { matchSamples } from './match-samples.js';
import { deleteRun, showRun } from './run-rows.js';

/** A kept run with everything it has made. */
export interface RunDetails extends RunSummary {
  readonly run: EmbeddingRunEntity;
}

/** The kept embedding runs of voices: list, read, restore, delete. */
@Injectable()
export class EmbeddingRunsService {
  constructor(
    private readonly database: Database,
    private readonly runs: EmbeddingRunsRepository,
    private readonly voices: VoicesService,
    @Inject(CONFIG) private readonly config: ConsentRule,
  ) {}

  /** Returns the kept runs of a voice, of all tts types, the newest first. */
  async list(voiceId: string): Promise<readonly RunSummary[]> {
    await completeBeforeReading(this.database, voiceId);
    return this.runs.list(voiceId);
  }

  /** @throws AppError `run_not_found` */
  async find(voiceId: string, runId: string): Promise<RunDetails> {
    const summary = (await this.list(voiceId)).find(({ id }) => id === runId);
    const run = await this.runs.find(voiceId, runId);
    if (run === null || summary === undefined) throw AppError.of('run_not_found');
    return { ...summary, run };
  }

  /**
   * Makes an earlier run the current one again: its embeddings, scores and test samples are shown, and its tts type becomes
   * the voice's. Restoring the current run changes nothing that it has made. Its samples must be there: see
   * {@link matchSamples}.
   *
   * @throws AppError `voice_not_found` | `voice_locked` | `run_not_found` | `run_samples_gone` | `no_consent`
   */
  async restore(voiceId: string, runId: string): Promise<VoiceDetails> {
    await changeVoice(this.database, voiceId, async (tx, voice) => {
      await completeRuns(tx, voiceId);
      const run = await keptRun(tx, voiceId, runId);
      const samples = await measuredSamples(tx, voiceId);
      const match = matchSamples(run.samples, samples, voice.nextSampleIndex);
      if (match === 'gone') throw AppError.of('run_samples_gone');
      await refuseWithoutConsent(tx, voiceId, this.config);
      await showRun(tx, runId, { isStale: match === 'changed' });
      const present = new Set(samples.map(({ index }) => index));
      const isPresent = ({ sampleIndex }: { readonly sampleIndex: number }): boolean => present.has(sampleIndex);
      await restoreEmbedding(tx, voice, run.ttsType, {
        bestSampleIndex: choosePreferred(run.scores.filter(isPresent), samples),
        failedSamples: run.failedSamples.filter(isPresent),
      });
      const details = { run: runId, tts_type: run.ttsType };
      await recordChange(tx, { action: 'embedding-run.restore', partnerId: voice.partnerId, voiceId, details });
    });
    return this.voices.details(voiceId);
  }

  /**
   * Deletes a run. The current one cannot be deleted.
   *
   * @throws AppError `voice_not_found` | `voice_locked` | `run_not_found` | `run_is_current`
   */
  remove(voiceId: string, runId: string): Promise<void> {
    return changeVoice(this.database, voiceId, async (tx, { partnerId }) => {
      await completeRuns(tx, voiceId);
      const run = await keptRun(tx, voiceId, runId);
      const { ttsType, archiveKey: zipKey } = run;
      if (await tx.existsBy(EmbeddingEntity, { voiceId, ttsType, zipKey })) throw AppError.of('run_is_current');
      await deleteRun(tx, run);
      await emitEvent(tx, { type: 'voice.updated', voiceId });
      const details = { run: runId, tts_type: ttsType };
      await recordChange(tx, { action: 'embedding-run.delete', partnerId, voiceId, details });
    });
  }
}

/** @throws AppError `run_not_found` */
async function keptRun(tx: Transaction, voiceId: string, runId: string): Promise<EmbeddingRunEntity> {
  const run = await findKeptRun(tx, voiceId, runId);
  if (run === null) throw AppError.of('run_not_found');
  return run;
}

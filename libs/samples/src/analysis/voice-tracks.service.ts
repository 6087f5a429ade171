import { Injectable } from '@nestjs/common';
import type { AnalysisTrack, MissingAudio } from '#libs/audio';
import { Database, lockVoice, VoiceEntity } from '#libs/database';
import { AppError } from '#libs/errors';
import { emitEvent } from '#libs/events';
import { setAnalysisTrack } from '#libs/voices';
import { OriginalMeter } from './original-meter.js';
import { fillQuality } from './sample-quality.js';
import { TrackStore } from './track-store.js';

/** The analysis track of a voice's original. */
export interface VoiceTrack {
  readonly originalKey: string;
  readonly track: AnalysisTrack;
  /** Where the recording had audio that the original lacks. */
  readonly missing: readonly MissingAudio[];
}

/** A track, durable in storage. */
interface KeptTrack {
  readonly track: AnalysisTrack;
  readonly analysisKey: string;
  readonly analysisBytes: number;
}

/** A voice whose original is stored. */
type MeasurableVoice = Pick<VoiceEntity, 'id' | 'partnerId'> & { readonly originalKey: string };

/**
 * Returns the analysis tracks of voices. The track of an original that has none is measured and stored when it is first
 * needed. That changes neither the samples nor the lock, and any number of processes may do it at the same time: they
 * store the same bytes under the same key.
 */
@Injectable()
export class VoiceTracks {
  /** Requests for the same original share one measurement. */
  private readonly measuring = new Map<string, Promise<AnalysisTrack>>();

  constructor(
    private readonly database: Database,
    private readonly store: TrackStore,
    private readonly meter: OriginalMeter,
  ) {}

  /**
   * Returns the track of a voice's original, for a request.
   *
   * @throws AppError `voice_not_found` | `voice_locked` (the original is being made) | `no_original` | `unavailable`
   */
  async ofVoice(voiceId: string): Promise<VoiceTrack> {
    const voice = await this.database.run((manager) => manager.findOneBy(VoiceEntity, { id: voiceId }));
    if (voice === null) throw AppError.of('voice_not_found');
    const { originalKey } = voice;
    if (originalKey === null) {
      throw AppError.of(voice.splittingStatus === 'in_progress' ? 'voice_locked' : 'no_original');
    }
    const stored = voice.analysisKey === null ? null : await this.store.read(originalKey);
    const track = stored ?? (await this.measureShared({ ...voice, originalKey }));
    return { originalKey, track, missing: voice.originalMissing };
  }

  /** Returns the stored track of an original; null if there is none. */
  stored(originalKey: string): Promise<AnalysisTrack | null> {
    return this.store.read(originalKey);
  }

  /**
   * Stores the track of an original beside it. The caller names it in the voice's row.
   *
   * @param track null if it is not known: then the original is measured
   */
  async keep(voice: MeasurableVoice, track: AnalysisTrack | null, signal?: AbortSignal): Promise<KeptTrack> {
    const measured = track ?? (await this.meter.measure(voice, signal));
    const { key: analysisKey, bytes: analysisBytes } = await this.store.put(voice.originalKey, measured);
    return { track: measured, analysisKey, analysisBytes };
  }

  /** Measures a voice's original, and stores its track and the quality of the samples that were cut from it. */
  async measure(voice: MeasurableVoice, signal?: AbortSignal): Promise<AnalysisTrack> {
    const { id: voiceId, originalKey } = voice;
    const { track, ...stored } = await this.keep(voice, null, signal);
    const isNamed = await this.database.transaction(async (tx) => {
      const locked = await lockVoice(tx, voiceId);
      if (locked?.originalKey !== originalKey) return false;
      await setAnalysisTrack(tx, voiceId, stored);
      const filled = await fillQuality(tx, voiceId, { track, missing: locked.originalMissing });
      if (filled > 0) await emitEvent(tx, { type: 'voice.updated', voiceId });
      return true;
    });
    // The voice was deleted meanwhile, perhaps after the last removal of its objects.
    if (!isNamed) await this.store.remove(originalKey);
    return track;
  }

  private measureShared(voice: MeasurableVoice): Promise<AnalysisTrack> {
    const { originalKey } = voice;
    const running = this.measuring.get(originalKey);
    if (running !== undefined) return running;
    const measuring = this.measure(voice).finally(() => this.measuring.delete(originalKey));
    this.measuring.set(originalKey, measuring);
    return measuring;
  }
}

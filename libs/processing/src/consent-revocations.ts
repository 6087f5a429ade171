import { Inject, Injectable } from '@nestjs/common';
import { recordChange } from '#libs/audit';
import { CONFIG } from '#libs/config';
import { revokeConsent, type ConsentInfo } from '#libs/consent';
import { Database, type Transaction, type VoiceEntity } from '#libs/database';
import { failures } from '#libs/errors';
import { endActive, type JobFailure } from '#libs/jobs';
import { changeAnyVoice, lacksConsent, type ConsentRule } from '#libs/voices';
import { Processing } from './processing.js';

const noConsent = { code: 'no_consent', sentence: failures.no_consent.sentence } as const satisfies JobFailure;

/** Revokes consents, and ends what may not go on without them. */
@Injectable()
export class ConsentRevocations {
  constructor(
    private readonly database: Database,
    private readonly processing: Processing,
    @Inject(CONFIG) private readonly rule: ConsentRule,
  ) {}

  /**
   * Revokes a consent, which stays on record. If REQUIRE_CONSENT is on and the voice has no other consent, its embedding and
   * its speeches end in the same transaction, so that nobody pays for a result that would be discarded. A split goes on.
   *
   * @throws AppError `voice_not_found` | `consent_not_found`
   */
  revoke(voiceId: string, id: string): Promise<ConsentInfo> {
    return changeAnyVoice(this.database, voiceId, async (tx, voice) => {
      const consent = await revokeConsent(tx, voice, id);
      if (await lacksConsent(tx, voiceId, this.rule)) await this.endGpuJobs(tx, voice);
      return consent;
    });
  }

  private async endGpuJobs(tx: Transaction, { id: voiceId, partnerId }: VoiceEntity): Promise<void> {
    for (const kind of ['embed', 'speak'] as const) {
      const endNext = (): Promise<boolean> =>
        endActive(tx, { voiceId, kind }, async (voice, job) => {
          await this.processing.fail(tx, voice, job, noConsent);
          await recordChange(tx, { action: 'job.cancel', partnerId, voiceId, details: { job: job.id, kind } });
        });
      while (await endNext()); // a voice may have several speeches
    }
  }
}

import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database';
import { failures } from '#libs/errors';
import { findHopeless, Recovery } from '#libs/jobs';
import { Metrics } from '#libs/metrics';
import { Processing } from './processing.js';

/** Runs the jobs of dead workers again, until a job has had too many deaths. */
@Injectable()
export class RecoveredJobs {
  constructor(
    private readonly database: Database,
    private readonly recovery: Recovery,
    private readonly processing: Processing,
    private readonly metrics: Metrics,
  ) {}

  /** Requeues jobs whose lease expired and fails those that too many workers died over. */
  async revive(): Promise<void> {
    await this.recovery.revive();
    for (const { id, voiceId, kind } of await findHopeless(this.database)) {
      const { sentence } = failures.died_too_often;
      const ref = { voiceId, kind, jobId: id };
      const isEnded = await this.processing.failActive(ref, { code: 'died_too_often', sentence });
      if (isEnded) this.metrics.count('jobsFailed', { kind, code: 'died_too_often' });
    }
  }
}

import { Injectable } from '@nestjs/common';
import { Database, type JobKind, type JobStage, type JobState } from '#libs/database';
import { contractTime, contractTimeOrNull } from '../http/wire-format.js';

/** A job as operators see it. */
export interface AdminJob {
  readonly id: string;
  readonly partner: string;
  readonly voice: string;
  readonly kind: JobKind;
  readonly state: JobState;
  readonly stage: JobStage;
  readonly generation: number;
  readonly attempts: number;
  readonly deaths: number;
  readonly error: string | null;
  readonly runpod_job_id: string | null;
  readonly created_at: string;
  readonly updated_at: string;
  readonly finished_at: string | null;
}

type Row = Omit<AdminJob, 'created_at' | 'updated_at' | 'finished_at'> & {
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly finished_at: Date | null;
};

/** The largest number of jobs in a list. */
export const maxListedJobs = 1000;

/** Reads the jobs of all partners, for operators. */
@Injectable()
export class AdminJobsRepository {
  constructor(private readonly database: Database) {}

  /** Returns the newest jobs, of one state or of all. */
  async list(state: JobState | null): Promise<AdminJob[]> {
    const rows = await this.database.query<Row>(
      `SELECT j.id, p.name AS partner, v.name AS voice, j.kind, j.state, j.stage, j.generation, j.attempts, j.deaths,
         j.error, j.runpod_job_id, j.created_at, j.updated_at, j.finished_at
       FROM jobs j JOIN voices v ON v.id = j.voice_id JOIN partners p ON p.id = j.partner_id
       WHERE $1::text IS NULL OR j.state = $1
       ORDER BY j.created_at DESC, j.id LIMIT $2`,
      [state, maxListedJobs],
    );
    return rows.map((row) => ({
      ...row,
      created_at: contractTime(row.created_at),
      updated_at: contractTime(row.updated_at),
      finished_at: contractTimeOrNull(row.finished_at),
    }));
  }
}

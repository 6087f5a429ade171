import { Column, CreateDateColumn, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { JobKind } from './job.entity.js';

/** A GPU job to cancel. Written in the transaction that gives the job up, deleted when RunPod has been called. */
@Entity('gpu_cancellations')
export class GpuCancellationEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', primaryKeyConstraintName: 'gpu_cancellations_pkey' })
  id: string;

  @Column({ name: 'runpod_endpoint', type: 'text' })
  runpodEndpoint: string;

  @Column({ name: 'runpod_job_id', type: 'text' })
  runpodJobId: string;

  /** Whose seconds on the GPU they were; null if an older process has requested it. So is the kind. */
  @Column({ name: 'partner_id', type: 'uuid', nullable: true })
  partnerId: string | null;

  @Column({ type: 'text', nullable: true })
  kind: JobKind | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;
}

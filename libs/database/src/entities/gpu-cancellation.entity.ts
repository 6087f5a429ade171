import { Column, CreateDateColumn, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A GPU job nobody wants any more: written in the transaction that gave it up, struck off once RunPod was told. */
@Entity('gpu_cancellations')
export class GpuCancellationEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', primaryKeyConstraintName: 'gpu_cancellations_pkey' })
  id: string;

  @Column({ name: 'runpod_endpoint', type: 'text' })
  runpodEndpoint: string;

  @Column({ name: 'runpod_job_id', type: 'text' })
  runpodJobId: string;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;
}

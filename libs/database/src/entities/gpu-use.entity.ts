import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import type { JobKind } from './job.entity.js';
import { PartnerEntity } from './partner.entity.js';

/** How long one job ran on the GPU side, as its status says. It outlives voice and job: their work was done. */
@Entity('gpu_uses')
@Index('gpu_uses_partner_id_idx', ['partnerId', 'at'])
export class GpuUseEntity {
  @PrimaryColumn({ name: 'runpod_endpoint', type: 'text', primaryKeyConstraintName: 'gpu_uses_pkey' })
  runpodEndpoint: string;

  @PrimaryColumn({ name: 'runpod_job_id', type: 'text', primaryKeyConstraintName: 'gpu_uses_pkey' })
  runpodJobId: string;

  @Column({ name: 'partner_id', type: 'uuid' })
  partnerId: string;

  @ManyToOne(() => PartnerEntity, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'partner_id', foreignKeyConstraintName: 'gpu_uses_partner_id_fkey' })
  partner?: PartnerEntity;

  @Column({ type: 'text' })
  kind: JobKind;

  @Column({ type: 'double precision' })
  seconds: number;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  at: Date;
}

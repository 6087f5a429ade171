import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { WebhookEntity } from './webhook.entity.js';

export type DeliveryStatus = 'pending' | 'delivered' | 'failed';

/** A message to one webhook, with the outcome of its last attempt. */
@Entity('webhook_deliveries')
@Index('webhook_deliveries_webhook_id_idx', ['webhookId', 'createdAt', 'id'])
@Index('webhook_deliveries_due_at_idx', ['dueAt'], { where: `status = 'pending'` })
@Index('webhook_deliveries_finished_at_idx', ['finishedAt'], { where: 'finished_at IS NOT NULL' })
@Check('webhook_deliveries_status_check', `status IN ('pending', 'delivered', 'failed')`)
@Check('webhook_deliveries_finished_at_check', `(status = 'pending') = (finished_at IS NULL)`)
export class WebhookDeliveryEntity {
  /** Also the `webhook-id` of its requests: the same in every attempt. */
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'webhook_deliveries_pkey' })
  id: string;

  @Column({ name: 'webhook_id', type: 'uuid' })
  webhookId: string;

  @ManyToOne(() => WebhookEntity, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'webhook_id', foreignKeyConstraintName: 'webhook_deliveries_webhook_id_fkey' })
  webhook?: WebhookEntity;

  @Column({ type: 'text' })
  type: string;

  /** The JSON that is sent: the same bytes in every attempt. */
  @Column({ type: 'text' })
  payload: string;

  @Column({ type: 'text', default: 'pending' })
  status: DeliveryStatus;

  /** Rises with every claim. Only the owner of the last claim records an outcome. */
  @Column({ type: 'integer', default: 0 })
  attempts: number;

  /** Failed attempts since it was created or resent. */
  @Column({ type: 'integer', default: 0 })
  failures: number;

  @Column({ name: 'due_at', type: 'timestamptz', default: () => 'now()' })
  dueAt: Date;

  /** Nobody else claims it before. null while nobody has claimed it. */
  @Column({ name: 'leased_until', type: 'timestamptz', nullable: true })
  leasedUntil: Date | null;

  /** Status of the last answer; null if there was none. */
  @Column({ name: 'response_status', type: 'integer', nullable: true })
  responseStatus: number | null;

  /** The first 1,000 bytes of the last answer. */
  @Column({ name: 'response_body', type: 'text', nullable: true })
  responseBody: string | null;

  /** Why the last attempt failed, in one sentence. */
  @Column({ type: 'text', nullable: true })
  error: string | null;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column({ name: 'attempted_at', type: 'timestamptz', nullable: true })
  attemptedAt: Date | null;

  @Column({ name: 'finished_at', type: 'timestamptz', nullable: true })
  finishedAt: Date | null;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A value that a deployment generates once and keeps, such as its signing secret. */
@Entity('settings')
export class SettingEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'settings_pkey' })
  name: string;

  @Column({ type: 'text' })
  value: string;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a deployment decided once for itself, such as its signing secret. */
@Entity('settings')
export class SettingEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'settings_pkey' })
  name: string;

  @Column({ type: 'text' })
  value: string;
}

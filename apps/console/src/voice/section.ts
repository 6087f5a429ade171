import type { Schema } from '#libs/client';

/** What every section of a voice's page gets. */
export interface SectionProps {
  readonly partner: string;
  readonly voice: Schema<'VoiceDetails'>;
}

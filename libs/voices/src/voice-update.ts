import { recordChange } from '#libs/audit';
import type { Transaction, VoiceEntity } from '#libs/database';
import { updateVoice } from './voice-rows.js';

/** What a request may change about a voice. Missing columns stay as they are. */
export interface VoiceUpdate {
  /** Returned by `canonicalLanguage`. */
  readonly language?: string;
  /** Returned by `storedLabels`. */
  readonly labels?: readonly string[];
  readonly description?: string | null;
  readonly creatorName?: string | null;
  readonly creatorEmail?: string | null;
}

/** The names of the columns in the API, by which the audit log lists them. Values are left out: some are personal. */
const names = {
  language: 'language',
  labels: 'labels',
  description: 'description',
  creatorName: 'creator_name',
  creatorEmail: 'creator_email',
} as const satisfies Record<keyof VoiceUpdate, string>;

/** Changes what is known about a voice. An empty update leaves no trace. */
export async function applyUpdate(tx: Transaction, voice: VoiceEntity, update: VoiceUpdate): Promise<void> {
  const given = Object.keys(update) as (keyof VoiceUpdate)[];
  if (given.length === 0) return;
  const { labels, ...columns } = update;
  await updateVoice(tx, voice.id, { ...columns, ...(labels && { labels: [...labels] }) });
  const details = { fields: given.map((column) => names[column]).join(', ') };
  await recordChange(tx, { action: 'voice.update', partnerId: voice.partnerId, voiceId: voice.id, details });
}

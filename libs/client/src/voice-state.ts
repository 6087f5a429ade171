import type { Schema } from './schema.js';

/** Returns whether a voice is being split or embedded. Every change of it fails with 409 meanwhile. */
export function isBusy({ status }: Pick<Schema<'VoiceDetails'>, 'status'>): boolean {
  return status.splitting === 'in_progress' || status.embedding === 'in_progress';
}

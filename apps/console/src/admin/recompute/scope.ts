import type { Schema } from '#libs/client';
import { text } from '../../texts/text.js';

/** Says in words which voices a recompute is about. */
export function scopeOf({
  engine_older_than,
  partner,
}: Pick<Schema<'Recompute'>, 'engine_older_than' | 'partner'>): string {
  const engine =
    engine_older_than === null
      ? text('admin.recompute.anyEngine')
      : text('admin.recompute.olderThan', { version: engine_older_than.version });
  const whose = partner === null ? text('admin.recompute.allPartners') : text('admin.recompute.ofPartner', { partner });
  return `${engine} · ${whose}`;
}

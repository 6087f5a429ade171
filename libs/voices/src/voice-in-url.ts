import { isVoiceName } from './voice-name.js';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A condition on `voices v`. */
interface VoiceCondition {
  /** Part of the name of a prepared statement: conditions of one kind have the same text. */
  readonly by: 'name' | 'name or id';
  readonly sql: string;
}

/**
 * Returns the condition for the voice that a URL names, by its exact name or by its id. If one voice has the id of another
 * one as its name, the name takes precedence.
 *
 * The condition has the parameters `$1`, the partner's id, and `$2`, the text in the URL. null if no voice can match.
 */
export function voiceInUrl(nameOrId: string): VoiceCondition | null {
  if (!isVoiceName(nameOrId)) return null;
  if (!uuid.test(nameOrId)) return { by: 'name', sql: 'v.partner_id = $1 AND v.name = $2' };
  const sql = `v.id = (SELECT w.id FROM voices w WHERE w.partner_id = $1 AND (w.name = $2::text OR w.id = $2::text::uuid)
      ORDER BY w.name = $2::text DESC LIMIT 1)`;
  return { by: 'name or id', sql };
}

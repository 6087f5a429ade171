import { createHash } from 'node:crypto';

/**
 * An Ogg stream's serial number made from what the stream is (a sample's id, say), so that a step that runs twice
 * writes the same bytes.
 *
 * @returns an unsigned 32-bit number
 */
export function serialFrom(identity: string): number {
  return createHash('sha256').update(identity).digest().readUInt32BE();
}

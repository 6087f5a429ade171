import type { AudioTools } from '#libs/audio';
import { sql } from '../e2e/contract/sql.js';
import { decodeToAlign } from './alignment.js';
import type { TestPartner } from './shared-stack.js';
import type { StackAddress } from './stack.js';
import { downloadSample } from './voices.js';

/** A sample of a voice's recording with its exact position. The API shows whole seconds. */
export interface PlacedSample {
  readonly index: number;
  /** Its start in the recording. */
  readonly startSeconds: number;
  readonly durationSeconds: number;
  /** The output of `decodeToAlign`. */
  readonly audio: Float32Array;
}

/** Downloads and decodes all samples of a voice, in order. */
export async function placedSamples(
  stack: Pick<StackAddress, 'databaseUrl'>,
  partner: TestPartner,
  voice: string,
  { tools, folder }: { readonly tools: AudioTools; readonly folder: string },
): Promise<PlacedSample[]> {
  const rows = await sql<Omit<PlacedSample, 'audio'>>(
    stack,
    `SELECT "index", source_start_seconds AS "startSeconds", s.duration_seconds AS "durationSeconds"
     FROM samples s JOIN voices v ON v.id = voice_id JOIN partners p ON p.id = partner_id
     WHERE p.name = $1 AND v.name = $2 ORDER BY "index"`,
    [partner.name, voice],
  );
  const samples: PlacedSample[] = [];
  for (const row of rows) {
    samples.push({
      ...row,
      audio: await decodeToAlign(tools, await downloadSample(partner, voice, row.index, folder)),
    });
  }
  return samples;
}

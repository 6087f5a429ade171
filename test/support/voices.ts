import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { formWithFile, type Answer } from './http.js';
import type { TestPartner } from './shared-stack.js';
import { waitFor } from './wait-for.js';

/** The quality of a sample as the contract documents it. */
export interface Quality {
  readonly grade: 'good' | 'fair' | 'poor';
  readonly reasons: readonly { readonly code: string; readonly message: string }[];
  readonly speech_ratio: number;
  readonly loudness_lufs: number;
  readonly peak_dbfs: number;
  readonly clipped_ratio: number;
  readonly snr_db: number;
  readonly bandwidth_hz: number;
  readonly starts_in_speech: boolean;
  readonly ends_in_speech: boolean;
}

/** A sample in the details of its voice. */
export interface Sample {
  readonly index: number;
  readonly source_timestamp: string | null;
  readonly start: number | null;
  readonly duration: number;
  readonly quality: Quality | null;
}

/** Details of a voice as the contract documents them, written independently of the code. */
export interface Details {
  readonly id: string;
  readonly name: string;
  readonly original_filename: string | null;
  readonly original_uploaded_name: string | null;
  readonly original_duration: number | null;
  readonly original_removed_at: string | null;
  readonly status: { readonly splitting: string; readonly embedding: string };
  readonly errors: { readonly splitting: string | null; readonly embedding: string | null };
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
  readonly progress: { readonly stage: string; readonly done: number; readonly of: number } | null;
  readonly samples: readonly Sample[];
  readonly embedding_info: {
    readonly tts_type: string;
    readonly last_update_status: string;
    readonly last_update_time: string;
    readonly test_samples: readonly { sample_index: number; sentence_index: number; filename: string }[];
    readonly sample_scores: readonly { sample_index: number; score: number }[];
    readonly stale: boolean;
    readonly stale_reasons: readonly string[];
    readonly run_id: string | null;
    readonly engine: {
      readonly name: string;
      readonly version: string;
      readonly model: string | null;
      readonly revision: string | null;
      readonly scorer: string;
    } | null;
    readonly language: string | null;
    readonly test_sentences: readonly string[];
  } | null;
  readonly language: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly description: string | null;
  readonly embedding_type: string;
  readonly embedding_zip_url: string | null;
  readonly preferred_sample_index: number | null;
  readonly creator_name: string | null;
  readonly creator_email: string | null;
}

/** Creates a voice with a recording. */
export async function createVoice(
  partner: TestPartner,
  name: string,
  file: string,
  fields: Readonly<Record<string, string>> = {},
): Promise<Answer<Details>> {
  return partner.http.post<Details>(partner.route(), await formWithFile(file, { name, ...fields }));
}

export async function details(partner: TestPartner, voice: string): Promise<Details> {
  const answer = await partner.http.get<Details>(partner.route(voice));
  if (answer.status !== 200) throw new Error(`details of ${voice}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** Waits until nothing is in progress. */
export async function settled(partner: TestPartner, voice: string, timeoutMs = 60_000): Promise<Details> {
  let last: Details | undefined;
  const look = async (): Promise<Details | false> => {
    last = await details(partner, voice);
    return last.status.splitting !== 'in_progress' && last.status.embedding !== 'in_progress' && last;
  };
  try {
    return await waitFor(`${voice} is settled`, look, { timeoutMs, everyMs: 200 });
  } catch (error) {
    throw new Error(`last seen: ${JSON.stringify(last)}`, { cause: error });
  }
}

/** Creates a voice with a recording and waits until nothing is in progress. */
export async function finishedVoice(partner: TestPartner, name: string, file: string): Promise<Details> {
  const created = await createVoice(partner, name, file);
  if (created.status !== 201) throw new Error(`create ${name}: ${created.status} ${JSON.stringify(created.body)}`);
  return settled(partner, name);
}

/** Downloads the bytes of a route. */
export async function bytesOf(partner: TestPartner, route: string): Promise<Buffer> {
  const response = await partner.http.fetch(route);
  if (response.status !== 200 || response.body === null) throw new Error(`${route}: ${response.status}`);
  return buffer(Readable.fromWeb(response.body));
}

/** Downloads a sample into a folder. @returns its path */
export async function downloadSample(
  partner: TestPartner,
  voice: string,
  index: number,
  folder: string,
): Promise<string> {
  const file = path.join(folder, `${index}.opus`);
  await writeFile(file, await bytesOf(partner, `${partner.route(voice)}/samples/${index}`));
  return file;
}

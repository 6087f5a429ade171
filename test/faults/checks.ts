import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { TestPartner } from '../support/shared-stack.js';
import { bytesOf, details, settled, type Details } from '../support/voices.js';
import { processesNaming } from '../support/running-processes.js';
import { waitFor } from '../support/wait-for.js';
import { expect } from './fault.js';
import type { Lab } from './lab.js';

/** Identifies a voice's samples. Ignores the Ogg stream serial, which differs between jobs by design. */
export interface SampleSet {
  readonly samples: Details['samples'];
  readonly audio: readonly string[];
}

/** Reads all samples of a voice. */
export async function sampleSet(partner: TestPartner, voice: string): Promise<SampleSet> {
  const { samples } = await details(partner, voice);
  const audio: string[] = [];
  for (const { index } of samples) {
    audio.push(packetsDigest(await bytesOf(partner, `${partner.route(voice)}/samples/${index}`)));
  }
  return { samples, audio };
}

/** Returns the SHA-256 of an Ogg file without its serials and page checksums (RFC 3533, section 6). */
function packetsDigest(ogg: Buffer): string {
  const plain = Buffer.from(ogg);
  for (let at = plain.indexOf('OggS'); at >= 0; at = plain.indexOf('OggS', at + 27)) {
    plain.fill(0, at + 14, at + 18);
    plain.fill(0, at + 22, at + 26);
  }
  return createHash('sha256').update(plain).digest('hex');
}

/** Expects that a voice completed, with exactly these samples and an embedding that can be downloaded. */
export async function expectWhole(partner: TestPartner, voice: string, wanted: SampleSet): Promise<void> {
  const found = await details(partner, voice);
  expect(found.status.splitting === 'completed' && found.status.embedding === 'completed', `${voice} completed`, found);
  expect(found.errors.splitting === null && found.errors.embedding === null, `${voice} has no errors`, found.errors);
  const made = await sampleSet(partner, voice);
  expect(JSON.stringify(made) === JSON.stringify(wanted), `${voice} has exactly the samples it should`, made.samples);
  const zip = await fetch(found.embedding_zip_url ?? '');
  await zip.body?.cancel();
  expect(zip.status === 200, `the embedding of ${voice} can be downloaded`, zip.status);
}

/** Expects that each job of a voice completed once, with at most `submissions` POST /run. */
export async function expectOnce(lab: Lab, partner: TestPartner, voice: string, submissions = 1): Promise<void> {
  const jobs = await lab.sql<{ kind: string; state: string; submissions: number }>(
    `SELECT kind, state, submissions FROM jobs JOIN voices ON voices.id = jobs.voice_id JOIN partners p
       ON p.id = voices.partner_id WHERE p.name = $1 AND voices.name = $2`,
    [partner.name, voice],
  );
  const ended = jobs.map(({ kind, state }) => `${kind} ${state}`).sort();
  expect(ended.join() === 'embed completed,split completed', `${voice} was split and embedded once`, ended);
  const asked = await lab.emulator.jobs({ partner: partner.name, voice });
  expect(asked.length >= 1 && asked.length <= submissions, `at most ${submissions} GPU jobs for ${voice}`, asked);
}

/**
 * Waits until none of a partner's voices is in progress.
 *
 * @param statuses the status columns to check
 * @returns the time it took, in milliseconds
 */
export async function allSettled(
  lab: Lab,
  partner: TestPartner,
  timeoutMs: number,
  statuses = 'splitting_status, embedding_status',
): Promise<number> {
  const startedAt = performance.now();
  const inProgress = (): Promise<boolean> =>
    lab
      .sql<{ n: string }>(
        `SELECT count(*) AS n FROM voices JOIN partners p ON p.id = partner_id
         WHERE p.name = $1 AND 'in_progress' IN (${statuses})`,
        [partner.name],
      )
      .then(([row]) => row?.n === '0')
      .catch(() => false);
  await waitFor(`all voices of ${partner.name} are settled`, inProgress, { timeoutMs, everyMs: 50 });
  return Math.round(performance.now() - startedAt);
}

/** Waits like `settled`. @returns the time it took, in milliseconds */
export async function settledWithin(partner: TestPartner, voice: string, timeoutMs: number): Promise<number> {
  const startedAt = performance.now();
  await settled(partner, voice, timeoutMs);
  return Math.round(performance.now() - startedAt);
}

/** Expects that no ffmpeg or ffprobe is left running. */
export async function expectNoOrphans(lab: Lab): Promise<void> {
  const none = async (): Promise<boolean> => (await processesNaming(lab.scratch)).length === 0;
  await waitFor('no ffmpeg is left behind', none, { timeoutMs: 10_000 });
}

/** Expects that no process exited by itself. */
export function expectAllRunning(lab: Lab): void {
  expect(lab.missing.length === 0, 'no process exited by itself', lab.missing);
}

/** Expects that the scratch folder contains only one folder for each running process, with its heartbeat file. */
export async function expectCleanScratch(lab: Lab): Promise<void> {
  let seen: readonly string[] = [];
  const clean = async (): Promise<boolean> => {
    const folders = (await readdir(lab.scratch)).filter((name) => /^(api|worker)_/.test(name));
    const held = await Promise.all(folders.map((name) => readdir(path.join(lab.scratch, name)).catch(() => [])));
    const expected = [lab.api, ...lab.workers].filter((part) => part.pid !== undefined).length;
    seen = folders.flatMap((name, at) => [name, ...held[at]!.map((file) => `${name}/${file}`)]);
    return folders.length <= expected && held.flat().every((name) => name === 'alive');
  };
  try {
    await waitFor('no file is left in the scratch folder', clean, { timeoutMs: 10_000 });
  } catch (error) {
    throw new Error(`seen: ${seen.join(', ')}`, { cause: error });
  }
}

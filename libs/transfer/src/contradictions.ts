import { filesOf } from './document-files.js';
import { documentEntry } from './entry-names.js';
import { Mismatch } from './strict-json.js';
import { maxArchiveFiles, type DocumentRun, type VoiceDocument } from './voice-document.js';

function refuse(isWrong: boolean, at: string, problem: string): void {
  if (isWrong) throw new Mismatch(`${documentEntry}.${at}`, problem);
}

/** Refuses a document whose fields contradict each other. @throws Mismatch */
export function refuseContradictions(document: VoiceDocument): void {
  const { samples, preferred_sample: preferred } = document;
  const known = new Set(samples.map(({ index }) => index));
  refuse(document.next_sample_index <= (samples.at(-1)?.index ?? 0), 'next_sample_index', 'must be above all samples');
  refuse(preferred !== null && !known.has(preferred.index), 'preferred_sample', 'must be one of the samples');
  refuseStatuses(document);
  for (const [at, { file, recording, method }] of document.consents.entries()) {
    const isBare = recording !== null && (file === null || method !== 'recorded');
    refuse(isBare, `consents[${at}].recording`, 'must belong to the file of a recorded consent');
  }
  refuseRuns(document);
  refuseOtherNames(document);
}

function refuseStatuses({ status, errors, original, samples, embeddings }: VoiceDocument): void {
  for (const kind of ['splitting', 'embedding'] as const) {
    const isWrong = status[kind] !== 'failed' && errors[kind] !== null;
    refuse(isWrong, `errors.${kind}`, 'must be null, because it has not failed');
  }
  const wasSplit = samples.length > 0 || Boolean(original?.file ?? original?.removed_at);
  refuse(
    status.splitting === 'completed' && !wasSplit,
    'status.splitting',
    'must not be completed, because there is neither a recording nor a sample',
  );
  refuse(
    status.embedding === 'completed' && embeddings.every(({ run }) => run === null),
    'status.embedding',
    'must not be completed, because there is no run',
  );
}

function refuseRuns({ embeddings }: VoiceDocument): void {
  for (const [at, { run, last_update_status: outcome, shows_results: isShown }] of embeddings.entries()) {
    const place = `embeddings[${at}].run`;
    refuse(run === null && outcome === 'success', place, 'is required because last_update_status is success');
    refuse(run === null && isShown, place, 'is required because shows_results is true');
    refuse(run !== null && !hasOneForm(run), place, 'must have embeddings or an archive, and not both');
  }
}

const hasOneForm = ({ archive, embeddings }: DocumentRun): boolean => (archive === null) !== (embeddings.length === 0);

function refuseOtherNames(document: VoiceDocument): void {
  const files = filesOf(document);
  if (files.length > maxArchiveFiles) throw new Mismatch(documentEntry, `names more than ${maxArchiveFiles} files`);
  const other = files.find(({ file, entry }) => file.entry !== entry);
  if (other) throw new Mismatch(`${documentEntry}.${other.at}.entry`, `must be ${other.entry}`);
}

/** How far the clock of another Timbre may be ahead of ours. */
const dayMs = 86_400_000;

/**
 * Refuses a date that is still to come: what counts from it, such as KEEP_ORIGINALS_DAYS, would be put off.
 *
 * @param now milliseconds since the epoch
 * @throws Mismatch
 */
export function refuseFuture(document: VoiceDocument, now: number): void {
  for (const [at, time] of timesOf(document)) {
    refuse(time !== null && Date.parse(time) > now + dayMs, at, 'must not be in the future');
  }
}

function timesOf({ created_at, original, embeddings, consents }: VoiceDocument): [at: string, time: string | null][] {
  return [
    ['created_at', created_at],
    ['original.removed_at', original?.removed_at ?? null],
    ...embeddings.flatMap(({ last_update_time: updated, run }, place): [string, string | null][] => [
      [`embeddings[${place}].last_update_time`, updated],
      [`embeddings[${place}].run.created_at`, run?.created_at ?? null],
    ]),
    ...consents.flatMap((consent, place): [string, string | null][] => [
      [`consents[${place}].created_at`, consent.created_at],
      [`consents[${place}].revoked_at`, consent.revoked_at],
      [`consents[${place}].similarity.measured_at`, consent.similarity?.measured_at ?? null],
    ]),
  ];
}

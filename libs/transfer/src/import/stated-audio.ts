import { maxConsentsPerVoice } from '#libs/consent';
import { testSentenceBounds } from '#libs/embeddings';
import { maxSamplesPerVoice } from '#libs/samples';
import type { VoiceDocument } from '../voice-document.js';
import { invalidArchive } from '../zip/archive-error.js';
import type { AudioLimits } from './audio-limits.js';

/** Returns the seconds that a document states of its audio by entry; null where it states none. */
export function statedLengths(document: VoiceDocument): ReadonlyMap<string, number | null> {
  const { original, samples, embeddings, consents } = document;
  const tests = embeddings.flatMap(({ run }) => run?.test_samples ?? []);
  const recordings = consents.flatMap(({ recording }) => (recording ? [recording] : []));
  return new Map([
    ...(original?.file ? [[original.file.entry, original.duration] as const] : []),
    ...samples.map(({ file, duration }) => [file.entry, duration] as const),
    ...tests.map(({ file, duration }) => [file.entry, duration] as const),
    ...recordings.map(({ entry, duration }) => [entry, duration] as const),
  ]);
}

/** All sentences that a request may ask for, by each sample. One of 300 characters takes less than a minute. */
const secondsOfTests = maxSamplesPerVoice * testSentenceBounds.maxCount * 60;

/**
 * Refuses more audio than a voice can have: silence takes next to no bytes, but all of it is decoded. The job compares
 * what is stated with what it decodes.
 *
 * @throws AppError `invalid_archive`
 */
export function refuseTooMuchAudio(document: VoiceDocument, limits: AudioLimits): void {
  const { maxRecordingSeconds, maxSampleSeconds } = limits;
  const runs = document.embeddings.filter(({ run }) => run !== null).length;
  const most =
    maxRecordingSeconds + (maxSamplesPerVoice + maxConsentsPerVoice) * maxSampleSeconds + runs * secondsOfTests;
  const stated = [...statedLengths(document).values()].reduce<number>(
    (sum, seconds) => sum + (seconds ?? maxRecordingSeconds),
    0,
  );
  if (stated <= most) return;
  throw invalidArchive(`The archive has ${Math.ceil(stated)} s of audio; at most ${most} s can be imported`);
}

import { maxConsentsPerVoice } from '#libs/consent';
import { isTtsType } from '#libs/embeddings';
import { maxSamplesPerVoice } from '#libs/samples';
import {
  canonicalLanguage,
  isVoiceName,
  longestLanguageTag,
  maxLabels,
  storedLabels,
  uploadedName,
  voiceWarningCodes,
} from '#libs/voices';
import {
  flag,
  list,
  mapThat,
  nullable,
  number,
  oneOf,
  record,
  text,
  textThat,
  wholeNumber,
  type Ruled,
} from './strict-json.js';

/**
 * The rules of `voice.json`, by which its type is made. docs/moving.md describes the fields.
 *
 * Format 1 has exactly these fields. A change of the fields needs a new `format`, and a parser that still reads this one.
 */

export const documentFormat = 1;

/** Six tts types of a voice with 500 samples: the embedding of each sample, and five test samples of each. */
export const maxArchiveFiles = 20_000;

const [maxSentences, maxTtsTypes] = [100, 32];
/** Samples of a run may be gone from the voice, so that it knows more than a voice may have. */
const maxOfRun = 10_000;
const [maxIndex, mostSeconds] = [999_999_999, 999_999_999];

const control = /[\p{Cc}\p{Cs}\p{Bidi_Control}]/u;
const isLine = (value: string): boolean => !control.test(value);
const areLines = (value: string): boolean => !control.test(value.replaceAll(/[\r\n\t]/g, ' '));
const line = (max: number) => textThat({ min: 1, max }, 'one line without control characters', isLine);
const lines = (max: number) => textThat({ min: 1, max }, 'text without control characters', areLines);
/** A sentence that a Timbre has written, maybe with words of a file or of an engine. */
const sentence = text({ min: 1, max: 10_000 });
const index = wholeNumber({ min: 1, max: maxIndex });
/** 0 only for a recording that has not been measured. */
const seconds = number({ min: 0, max: mostSeconds });
const ratio = number({ min: 0, max: 1 });
const decibels = number({ min: -200, max: 200 });
const score = number({ min: -1, max: 1 });
const sha256 = textThat({ min: 64, max: 64 }, 'a SHA-256 in lower-case hex', (value) => /^[0-9a-f]{64}$/.test(value));
const time = textThat({ min: 20, max: 20 }, 'a time like 2025-01-15T10:30:00Z, from 1980 to 2099', isTime);
const ttsType = textThat({ min: 1, max: 64 }, 'a tts type', isTtsType);
const fileName = textThat({ min: 1, max: 255 }, 'the name of a file', (value) => uploadedName(value) === value);
const language = { min: 2, max: longestLanguageTag };
const supported = textThat(language, 'a language that this Timbre has', (tag) => canonicalLanguage(tag) === tag);

/** The dates of ZIP files start in 1980. */
function isTime(value: string): boolean {
  const date = new Date(value);
  const year = date.getUTCFullYear();
  return year >= 1980 && year <= 2099 && `${date.toISOString().slice(0, 19)}Z` === value;
}

/** A file of the archive. `entry` is its name there. */
const fileFields = { entry: text({ min: 1, max: 200 }), bytes: wholeNumber({ min: 1, max: 0xfffffffe }), sha256 };
const file = record(fileFields);
/** The size of audio is stored in an integer of Postgres. */
const audioFields = { ...fileFields, bytes: wholeNumber({ min: 1, max: 2 ** 31 - 1 }) };
const audio = record(audioFields);

const quality = record({
  speech_ratio: ratio,
  loudness_lufs: decibels,
  peak_dbfs: decibels,
  clipped_ratio: ratio,
  snr_db: decibels,
  bandwidth_hz: number({ min: 0, max: 100_000 }),
  starts_in_speech: flag,
  ends_in_speech: flag,
});

const sample = record({
  index,
  source_start: nullable(seconds),
  duration: seconds,
  quality: nullable(quality),
  file: audio,
});

const original = record({
  uploaded_name: nullable(fileName),
  duration: nullable(seconds),
  removed_at: nullable(time),
  missing: list(record({ at: seconds, seconds }), { max: 100_000 }),
  file: nullable(audio),
});

const label = textThat({ min: 1, max: 200 }, 'one line', (value) => !/[\p{C}\p{Zl}\p{Zp}]/u.test(value));
const engine = record({
  name: label,
  version: label,
  model: nullable(label),
  revision: nullable(label),
  scorer: label,
});

const sampleScore = record({ sample_index: index, score }, { lowest_part_score: score });
const indexOf = ({ sample_index }: { readonly sample_index: number }) => sample_index;
const ofSample = (item: { readonly sample_index: number }) => [indexOf(item)];
const ofSentence = (test: { readonly sample_index: number; readonly sentence_index: number }) => [
  test.sample_index,
  test.sentence_index,
];

const run = record({
  created_at: time,
  engine: nullable(engine),
  language: nullable(text(language)),
  test_sentences: list(text({ min: 1, max: 10_000 }), { max: maxSentences }),
  samples: nullable(list(record({ sample_index: index, sha256 }), { max: maxOfRun, key: ofSample })),
  failed_samples: list(record({ sample_index: index, message: sentence }), { max: maxOfRun, unique: indexOf }),
  scores: list(sampleScore, { max: maxOfRun, unique: indexOf }),
  embeddings: list(
    record({
      sample_index: index,
      sample_sha256: nullable(sha256),
      score: nullable(score),
      seconds_used: seconds,
      file,
    }),
    { max: maxOfRun, key: ofSample },
  ),
  archive: nullable(file),
  test_samples: list(record({ sample_index: index, sentence_index: index, duration: seconds, file: audio }), {
    max: maxArchiveFiles,
    key: ofSentence,
  }),
});

const embedding = record({
  tts_type: ttsType,
  last_update_status: oneOf('success', 'failed'),
  last_update_time: time,
  stale: flag,
  shows_results: flag,
  run: nullable(run),
});

const consent = record({
  created_at: time,
  revoked_at: nullable(time),
  statement: lines(2_000),
  language: text(language),
  granted_by: line(255),
  method: oneOf('recorded', 'written', 'verbal'),
  text_version: nullable(line(100)),
  similarity: nullable(record({ score, scorer: label, measured_at: time })),
  file: nullable(record({ name: fileName, ...fileFields })),
  recording: nullable(record({ duration: seconds, ...audioFields })),
});

const status = oneOf('idle', 'completed', 'failed');

export const voiceDocument = record({
  format: oneOf(documentFormat),
  name: textThat({ min: 1, max: 255 }, 'a name that voices may have', isVoiceName),
  language: supported,
  labels: mapThat('labels: at most 20 pairs', (map) => map.size <= maxLabels && storedLabels(map) !== null),
  description: nullable(lines(1_000)),
  creator_name: nullable(line(1_000)),
  creator_email: nullable(line(1_000)),
  created_at: time,
  status: record({ splitting: status, embedding: status }),
  errors: record({ splitting: nullable(sentence), embedding: nullable(sentence) }),
  warnings: list(
    record({
      code: textThat({ max: 64 }, 'a code that this Timbre knows', (word) => Object.hasOwn(voiceWarningCodes, word)),
      message: sentence,
    }),
    {
      max: 1_000,
    },
  ),
  embedding_type: ttsType,
  preferred_sample: nullable(record({ index, chosen_by: oneOf('person', 'score') })),
  next_sample_index: index,
  original: nullable(original),
  samples: list(sample, { max: maxSamplesPerVoice, key: (each) => [each.index] }),
  embeddings: list(embedding, { max: maxTtsTypes, key: (each) => [each.tts_type] }),
  consents: list(consent, { max: maxConsentsPerVoice }),
});

/** `voice.json`: everything about a voice but its files, with the names, sizes and hashes of these. */
export type VoiceDocument = Ruled<typeof voiceDocument>;
export type DocumentFile = Ruled<typeof file>;
export type DocumentEmbedding = Ruled<typeof embedding>;
export type DocumentRun = Ruled<typeof run>;
export type DocumentConsent = Ruled<typeof consent>;
export type DocumentQuality = Ruled<typeof quality>;

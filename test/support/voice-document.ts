import { createHash } from 'node:crypto';

/** Returns a file as `voice.json` names it, whose content is its own name. */
export function namedFile(entry: string) {
  const content = Buffer.from(entry);
  return { entry, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
}

const quality = {
  speech_ratio: 0.9,
  loudness_lufs: -20.5,
  peak_dbfs: -3,
  clipped_ratio: 0,
  snr_db: 40,
  bandwidth_hz: 8_000,
  starts_in_speech: false,
  ends_in_speech: true,
};

const failedEmbedding = {
  tts_type: 'other',
  last_update_status: 'failed',
  last_update_time: '2026-11-29T10:00:00Z',
  stale: false,
  shows_results: false,
  run: null,
};

const run = {
  created_at: '2026-11-28T10:00:00Z',
  engine: { name: 'pocket-tts', version: '4.0.1', model: 'english', revision: 'abc', scorer: 'wavlm@1' },
  language: 'en',
  test_sentences: ['One.', 'Zwölf Boxkämpfer.'],
  samples: [
    { sample_index: 1, sha256: 'ab'.repeat(32) },
    { sample_index: 3, sha256: 'cd'.repeat(32) },
  ],
  failed_samples: [{ sample_index: 3, message: 'There is no speech' }],
  scores: [{ sample_index: 1, score: 0.91, lowest_part_score: 0.85 }],
  embeddings: [
    {
      sample_index: 1,
      sample_sha256: 'ab'.repeat(32),
      score: 0.91,
      seconds_used: 12.25,
      file: namedFile('embeddings/kyutai/0001.safetensors'),
    },
  ],
  archive: null,
  test_samples: [1, 2].map((sentence) => ({
    sample_index: 1,
    sentence_index: sentence,
    duration: 3.2,
    file: namedFile(`test-samples/kyutai/0001_${sentence}.opus`),
  })),
};

const archivedRun = {
  ...run,
  engine: null,
  language: null,
  samples: null,
  embeddings: [],
  archive: namedFile('embeddings/old/embedding.zip'),
  test_samples: [],
};

/** A `voice.json` that has every field, and each of them once with a value. */
export const voiceDocumentExample = {
  format: 1,
  name: 'Zoë 日本 🎙',
  language: 'pt-BR',
  labels: { 'a.b': 'ü: 1', constructor: 'x' },
  description: 'Two\nlines',
  creator_name: 'Zoë',
  creator_email: 'zoe@example.com',
  created_at: '2026-11-20T09:08:07Z',
  status: { splitting: 'failed', embedding: 'completed' },
  errors: { splitting: 'The recording could not be converted', embedding: null },
  warnings: [{ code: 'cut_off_recording', message: 'The recording states 75 s, but ends after 33.6 s' }],
  embedding_type: 'kyutai',
  preferred_sample: { index: 1, chosen_by: 'score' },
  next_sample_index: 4,
  original: {
    uploaded_name: 'Aufnahme ü.wav',
    duration: 185.4,
    removed_at: null,
    missing: [{ at: 20.5, seconds: 1.25 }],
    file: namedFile('original.opus'),
  },
  samples: [
    { index: 1, source_start: 0, duration: 15, quality, file: namedFile('samples/0001.opus') },
    { index: 3, source_start: null, duration: 12.3456, quality: null, file: namedFile('samples/0003.opus') },
  ],
  embeddings: [
    {
      tts_type: 'kyutai',
      last_update_status: 'success',
      last_update_time: '2026-11-28T10:00:00Z',
      stale: true,
      shows_results: true,
      run,
    },
    { ...failedEmbedding, tts_type: 'old', shows_results: true, run: archivedRun },
    failedEmbedding,
  ],
  consents: [
    {
      created_at: '2026-11-21T00:00:00Z',
      revoked_at: null,
      statement: 'I agree.\nReally.',
      language: 'tlh',
      granted_by: 'Jane Doe',
      method: 'recorded',
      text_version: '2026-01',
      similarity: { score: 0.8, scorer: 'wavlm@1', measured_at: '2026-11-22T00:00:00Z' },
      file: { name: 'yes "é".WAV', ...namedFile('consents/001/file.wav') },
      recording: { duration: 2, ...namedFile('consents/001/recording.opus') },
    },
    {
      created_at: '2026-11-22T00:00:00Z',
      revoked_at: '2026-11-23T00:00:00Z',
      statement: 'I agree.',
      language: 'en',
      granted_by: 'Jane Doe',
      method: 'verbal',
      text_version: null,
      similarity: null,
      file: null,
      recording: null,
    },
  ],
};

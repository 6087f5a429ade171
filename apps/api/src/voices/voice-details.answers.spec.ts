import { describe, expect, it } from '@jest/globals';
import type { QualityFigures } from '#libs/audio';
import type { VoiceDetails } from '#libs/voices';
import { voiceDetailsDto } from './voice-details.answers.js';

const figures: QualityFigures = {
  speechRatio: 0.857,
  loudnessLufs: -21.4,
  peakDbfs: -3.5,
  clippedRatio: 0,
  snrDb: 42.5,
  bandwidthHz: 8000,
  startsInSpeech: false,
  endsInSpeech: true,
};

const quality = {
  grade: 'fair',
  reasons: [{ code: 'cut_in_word', message: expect.stringMatching(/^[A-Z]/) }],
  speech_ratio: 0.857,
  loudness_lufs: -21.4,
  peak_dbfs: -3.5,
  clipped_ratio: 0,
  snr_db: 42.5,
  bandwidth_hz: 8000,
  starts_in_speech: false,
  ends_in_speech: true,
};

const seed: VoiceDetails = {
  id: '5f1b3a0e-0000-4000-8000-000000000001',
  partnerId: '5f1b3a0e-0000-4000-8000-000000000002',
  name: 'speaker-1',
  originalFilename: 'recording.opus',
  originalUploadedName: 'recording.wav',
  originalDurationSeconds: 185.4,
  originalRemovedAt: null,
  splittingStatus: 'completed',
  embeddingStatus: 'completed',
  splittingError: null,
  embeddingError: null,
  warnings: [],
  language: 'fr-CA',
  labels: ['__proto__:x', 'project:a:b'],
  description: 'Warm',
  embeddingType: 'kyutai',
  preferredSampleIndex: 3,
  creatorName: 'John',
  creatorEmail: 'john@example.com',
  createdAt: new Date('2025-01-15T10:00:00.999Z'),
  updatedAt: new Date('2025-01-15T10:30:00.001Z'),
  progress: null,
  samples: [
    { index: 1, sourceStartSeconds: 0, startSeconds: 0, durationSeconds: 15, quality: figures },
    { index: 2, sourceStartSeconds: 15, startSeconds: 15, durationSeconds: 15, quality: null },
  ],
  embedding: {
    ttsType: 'kyutai',
    lastUpdateStatus: 'success',
    lastUpdateTime: new Date('2025-01-15T10:30:00.987Z'),
    testSamples: [{ sampleIndex: 1, sentenceIndex: 1 }],
    scores: [
      { sampleIndex: 3, score: 0.92 },
      { sampleIndex: 1, score: 0.88 },
    ],
    stale: false,
    staleReasons: [],
    runId: '5f3d8a52-8a86-4b58-8c3a-0f2b7d9e1c44',
    engine: { name: 'pocket-tts', version: '4.0.1', model: 'english_6l', revision: '1', scorer: 'wavlm' },
    language: 'en',
    testSentences: ['The quick brown fox jumps over the lazy dog.'],
  },
  embeddingZipUrl: 'https://...',
};

/** Some keys have a meaning in JavaScript. */
const labels = JSON.parse('{"__proto__":"x","project":"a:b"}') as object;

/** The contract's example of Get Voice Details, word for word. */
const example = {
  name: 'speaker-1',
  original_filename: 'recording.opus',
  original_uploaded_name: 'recording.wav',
  original_duration: 185.4,
  original_removed_at: null,
  status: { splitting: 'completed', embedding: 'completed' },
  samples: [
    { index: 1, source_timestamp: '00:00', duration: 15.0 },
    { index: 2, source_timestamp: '00:15', duration: 15.0 },
  ],
  embedding_info: {
    tts_type: 'kyutai',
    last_update_status: 'success',
    last_update_time: '2025-01-15T10:30:00Z',
    test_samples: [{ sample_index: 1, sentence_index: 1, filename: 'test_1_1.opus' }],
    sample_scores: [
      { sample_index: 3, score: 0.92 },
      { sample_index: 1, score: 0.88 },
    ],
  },
  embedding_type: 'kyutai',
  embedding_zip_url: 'https://...',
  preferred_sample_index: 3,
  creator_name: 'John',
  creator_email: 'john@example.com',
};

describe('voiceDetailsDto', () => {
  it('returns the fields of the contract’s example and those that were added', () => {
    expect(voiceDetailsDto(seed)).toStrictEqual({
      id: seed.id,
      ...example,
      samples: [
        { ...example.samples[0], start: 0, quality },
        { ...example.samples[1], start: 15, quality: null },
      ],
      errors: { splitting: null, embedding: null },
      warnings: [],
      language: 'fr-CA',
      labels,
      description: 'Warm',
      progress: null,
      embedding_info: {
        ...example.embedding_info,
        stale: false,
        stale_reasons: [],
        run_id: '5f3d8a52-8a86-4b58-8c3a-0f2b7d9e1c44',
        engine: { name: 'pocket-tts', version: '4.0.1', model: 'english_6l', revision: '1', scorer: 'wavlm' },
        language: 'en',
        test_sentences: ['The quick brown fox jumps over the lazy dog.'],
      },
      created_at: '2025-01-15T10:00:00Z',
      updated_at: '2025-01-15T10:30:00Z',
    });
  });

  it('returns every field of an empty voice, null where there is no value', () => {
    const empty: VoiceDetails = {
      ...seed,
      originalFilename: null,
      originalUploadedName: null,
      originalDurationSeconds: null,
      splittingStatus: 'idle',
      embeddingStatus: 'idle',
      preferredSampleIndex: null,
      creatorName: null,
      creatorEmail: null,
      labels: [],
      description: null,
      samples: [],
      embedding: null,
      embeddingZipUrl: null,
    };
    expect(voiceDetailsDto(empty)).toStrictEqual({
      id: seed.id,
      name: 'speaker-1',
      original_filename: null,
      original_uploaded_name: null,
      original_duration: null,
      original_removed_at: null,
      status: { splitting: 'idle', embedding: 'idle' },
      errors: { splitting: null, embedding: null },
      warnings: [],
      language: 'fr-CA',
      labels: {},
      description: null,
      progress: null,
      samples: [],
      embedding_info: null,
      embedding_type: 'kyutai',
      embedding_zip_url: null,
      preferred_sample_index: null,
      creator_name: null,
      creator_email: null,
      created_at: '2025-01-15T10:00:00Z',
      updated_at: '2025-01-15T10:30:00Z',
    });
  });

  it('returns null and no sentences for an embedding of a release that did not record its run', () => {
    const embedding = { ...seed.embedding!, runId: null, engine: null, language: null, testSentences: [] };
    expect(voiceDetailsDto({ ...seed, embedding }).embedding_info).toMatchObject({
      ...{ run_id: null, engine: null, language: null, test_sentences: [] },
      last_update_status: 'success',
    });
  });

  it('returns the warnings of the recording', () => {
    const warnings = [
      { code: 'cut_off_recording', message: 'The recording states 75 s, but ends after 33.6 s' },
      { code: 'track_passed_over', message: 'Track 1 of 2 was not used because it is silent' },
    ] as const;
    expect(voiceDetailsDto({ ...seed, warnings }).warnings).toStrictEqual(warnings);
  });

  it('returns progress and errors, and null as the timestamp of an uploaded sample', () => {
    const details = voiceDetailsDto({
      ...seed,
      splittingError: 'The recording could not be converted',
      progress: { stage: 'converting', done: 12, of: 185 },
      samples: [{ index: 4, sourceStartSeconds: null, startSeconds: null, durationSeconds: 12.3456, quality: null }],
    });
    expect(details.errors.splitting).toBe('The recording could not be converted');
    expect(details.progress).toStrictEqual({ stage: 'converting', done: 12, of: 185 });
    expect(details.samples).toStrictEqual([
      { index: 4, source_timestamp: null, start: null, duration: 12.346, quality: null },
    ]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { contractSeconds, contractTime, describeVoice, sourceTimestamp, type VoiceRow } from './voice-details.js';

const seed: VoiceRow = {
  id: '5f1b3a0e-0000-4000-8000-000000000001',
  name: 'speaker-1',
  originalFilename: 'recording.opus',
  originalUploadedName: 'recording.wav',
  originalDurationSeconds: 185.4,
  splittingStatus: 'completed',
  embeddingStatus: 'completed',
  splittingError: null,
  embeddingError: null,
  warnings: [],
  embeddingType: 'kyutai',
  preferredSampleIndex: 3,
  creatorName: 'John',
  creatorEmail: 'john@example.com',
  createdAt: new Date('2025-01-15T10:00:00.999Z'),
  updatedAt: new Date('2025-01-15T10:30:00.001Z'),
  progress: null,
  samples: [
    { index: 1, start: 0, duration: 15 },
    { index: 2, start: 15, duration: 15 },
  ],
  lastUpdateStatus: 'success',
  lastUpdateTime: new Date('2025-01-15T10:30:00.987Z'),
  zipKey: 'voices/5f1b3a0e/embedding.zip',
  scores: [
    { sampleIndex: 3, score: 0.92 },
    { sampleIndex: 1, score: 0.88 },
  ],
  stale: false,
  testSamples: [{ sample: 1, sentence: 1 }],
};

/** The example of "Get Voice Details" in seed/rest-api.txt, word for word. */
const example = {
  name: 'speaker-1',
  original_filename: 'recording.opus',
  original_uploaded_name: 'recording.wav',
  original_duration: 185.4,
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

describe('describeVoice', () => {
  it('tells the seed’s example field for field, and adds only what the contract adds', () => {
    expect(describeVoice(seed, 'https://...')).toStrictEqual({
      ...example,
      errors: { splitting: null, embedding: null },
      warnings: [],
      progress: null,
      embedding_info: { ...example.embedding_info, stale: false },
      created_at: '2025-01-15T10:00:00Z',
      updated_at: '2025-01-15T10:30:00Z',
    });
  });

  it('has every field, null when there is nothing', () => {
    const empty: VoiceRow = {
      ...seed,
      originalFilename: null,
      originalUploadedName: null,
      originalDurationSeconds: null,
      splittingStatus: 'idle',
      embeddingStatus: 'idle',
      preferredSampleIndex: null,
      creatorName: null,
      creatorEmail: null,
      samples: [],
      lastUpdateStatus: null,
      lastUpdateTime: null,
      zipKey: null,
      scores: null,
      stale: null,
      testSamples: [],
    };
    expect(describeVoice(empty, null)).toStrictEqual({
      name: 'speaker-1',
      original_filename: null,
      original_uploaded_name: null,
      original_duration: null,
      status: { splitting: 'idle', embedding: 'idle' },
      errors: { splitting: null, embedding: null },
      warnings: [],
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

  it('shows the warnings of the recording', () => {
    const warnings = [
      { code: 'cut_off_recording', message: 'The recording states 75 s, but ends after 33.6 s' },
      { code: 'track_passed_over', message: 'Track 1 of 2 was not used because it is silent' },
    ] as const;
    expect(describeVoice({ ...seed, warnings }, null).warnings).toStrictEqual(warnings);
  });

  it('tells progress and errors, and uploaded samples without a timestamp', () => {
    const details = describeVoice(
      {
        ...seed,
        splittingError: 'The recording could not be converted',
        progress: { stage: 'converting', done: 12, of: 185 },
        samples: [{ index: 4, start: null, duration: 12.3456 }],
      },
      null,
    );
    expect(details.errors.splitting).toBe('The recording could not be converted');
    expect(details.progress).toStrictEqual({ stage: 'converting', done: 12, of: 185 });
    expect(details.samples).toStrictEqual([{ index: 4, source_timestamp: null, duration: 12.346 }]);
  });
});

describe('sourceTimestamp', () => {
  it.each([
    [0, '00:00'],
    [15, '00:15'],
    [59.999, '00:59'],
    [60, '01:00'],
    [3599.9, '59:59'],
    [3600, '01:00:00'],
    [3661, '01:01:01'],
    [14_399, '03:59:59'],
    [360_000, '100:00:00'],
  ])('tells %d s as %s', (seconds, text) => {
    expect(sourceTimestamp(seconds)).toBe(text);
  });

  it('is null for uploaded samples', () => {
    expect(sourceTimestamp(null)).toBeNull();
  });
});

describe('contractSeconds', () => {
  it.each([
    [15, 15],
    [185.4, 185.4],
    [12.3456, 12.346],
    [0.0004, 0],
    [1 / 3, 0.333],
    [14.9935, 14.994],
  ])('rounds %d to %d', (seconds, told) => {
    expect(contractSeconds(seconds)).toBe(told);
  });
});

describe('contractTime', () => {
  it('is in whole seconds of UTC', () => {
    expect(contractTime(new Date('2025-01-15T12:30:59.999+02:00'))).toBe('2025-01-15T10:30:59Z');
  });
});

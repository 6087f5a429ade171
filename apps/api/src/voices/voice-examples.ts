import { exampleVoice } from '../openapi/parameters.js';
import { cutInWordExample, qualityExample } from '../samples/quality.answers.js';
import type { VoiceDetailsDto } from './voice-details.answers.js';
import { exampleVoiceId } from './voice-properties.js';
import type { VoiceSummaryDto } from './voice-summary.answers.js';

/** The contract's example of a list, with later fields. */
export const voiceListExample: readonly VoiceSummaryDto[] = [
  {
    id: exampleVoiceId,
    name: exampleVoice,
    has_original: true,
    original_duration: 185.4,
    sample_count: 12,
    splitting_status: 'completed',
    embedding_status: 'completed',
    preferred_sample_index: 3,
    language: 'en',
    labels: { project: 'audiobook' },
    creator_name: 'John',
    creator_email: 'john@example.com',
    created_at: '2025-01-15T10:20:00Z',
    updated_at: '2025-01-15T10:30:00Z',
  },
];

/** The contract's example of details, with later fields. */
export const voiceDetailsExample: VoiceDetailsDto = {
  id: exampleVoiceId,
  name: exampleVoice,
  original_filename: 'recording.opus',
  original_uploaded_name: 'recording.wav',
  original_duration: 185.4,
  original_removed_at: null,
  status: { splitting: 'completed', embedding: 'completed' },
  errors: { splitting: null, embedding: null },
  warnings: [],
  progress: null,
  samples: [
    { index: 1, source_timestamp: '00:00', start: 0, duration: 15, quality: qualityExample },
    { index: 2, source_timestamp: '00:15', start: 15, duration: 15, quality: cutInWordExample },
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
    stale: false,
    stale_reasons: [],
    run_id: '5f3d8a52-8a86-4b58-8c3a-0f2b7d9e1c44',
    engine: {
      name: 'pocket-tts',
      version: '4.0.1',
      model: 'english_6l',
      revision: '3f1c9a2',
      scorer: 'wavlm-base-plus-sv@feb593a',
    },
    language: 'en',
    test_sentences: ['The quick brown fox jumps over the lazy dog.'],
  },
  language: 'en',
  labels: { project: 'audiobook' },
  description: 'Warm and slow, for stories.',
  embedding_type: 'kyutai',
  embedding_zip_url: 'https://...',
  preferred_sample_index: 3,
  creator_name: 'John',
  creator_email: 'john@example.com',
  created_at: '2025-01-15T10:20:00Z',
  updated_at: '2025-01-15T10:30:00Z',
};

/** The details right after a recording was uploaded. */
export const newVoiceExample: VoiceDetailsDto = {
  ...voiceDetailsExample,
  status: { splitting: 'in_progress', embedding: 'idle' },
  progress: { stage: 'queued', done: 0, of: 1 },
  samples: [],
  embedding_info: null,
  embedding_zip_url: null,
  preferred_sample_index: null,
  updated_at: '2025-01-15T10:20:00Z',
};

/** The details right after an archive was sent. */
export const importedVoiceExample: VoiceDetailsDto = {
  ...newVoiceExample,
  name: 'speaker-3',
  original_filename: null,
  original_uploaded_name: null,
  original_duration: null,
  labels: {},
  description: null,
  creator_name: null,
  creator_email: null,
};

/** The details during a re-split, which keeps the old samples until it ends. */
export const splittingVoiceExample: VoiceDetailsDto = {
  ...voiceDetailsExample,
  status: { splitting: 'in_progress', embedding: 'completed' },
  progress: { stage: 'queued', done: 0, of: 1 },
};

/** The details during an embedding. */
export const embeddingVoiceExample: VoiceDetailsDto = {
  ...voiceDetailsExample,
  status: { splitting: 'completed', embedding: 'in_progress' },
  progress: { stage: 'embedding', done: 3, of: 12 },
};

/** The details after an embedding was cancelled. */
export const cancelledVoiceExample: VoiceDetailsDto = {
  ...voiceDetailsExample,
  status: { splitting: 'completed', embedding: 'failed' },
  errors: { splitting: null, embedding: 'Cancelled' },
  embedding_info: voiceDetailsExample.embedding_info && {
    ...voiceDetailsExample.embedding_info,
    last_update_status: 'failed',
  },
};

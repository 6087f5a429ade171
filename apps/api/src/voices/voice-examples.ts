import type { VoiceDetails, VoiceSummary } from '#libs/voices';
import { exampleVoice } from '../docs/example-names.js';

/** The contract's own example of a list. */
export const voiceListExample: readonly VoiceSummary[] = [
  {
    name: exampleVoice,
    has_original: true,
    sample_count: 12,
    splitting_status: 'completed',
    embedding_status: 'completed',
    creator_name: 'John',
    creator_email: 'john@example.com',
  },
];

/** The contract's own example of details, with the fields that were added. */
export const voiceDetailsExample: VoiceDetails = {
  name: exampleVoice,
  original_filename: 'recording.opus',
  original_uploaded_name: 'recording.wav',
  original_duration: 185.4,
  status: { splitting: 'completed', embedding: 'completed' },
  errors: { splitting: null, embedding: null },
  warnings: [],
  progress: null,
  samples: [
    { index: 1, source_timestamp: '00:00', duration: 15 },
    { index: 2, source_timestamp: '00:15', duration: 15 },
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
  },
  embedding_type: 'kyutai',
  embedding_zip_url: 'https://...',
  preferred_sample_index: 3,
  creator_name: 'John',
  creator_email: 'john@example.com',
  created_at: '2025-01-15T10:20:00Z',
  updated_at: '2025-01-15T10:30:00Z',
};

/** Right after a recording was uploaded. */
export const newVoiceExample: VoiceDetails = {
  ...voiceDetailsExample,
  status: { splitting: 'in_progress', embedding: 'idle' },
  progress: { stage: 'queued', done: 0, of: 1 },
  samples: [],
  embedding_info: null,
  embedding_zip_url: null,
  preferred_sample_index: null,
  updated_at: '2025-01-15T10:20:00Z',
};

/** While a voice is split again: the old samples are still there. */
export const splittingVoiceExample: VoiceDetails = {
  ...voiceDetailsExample,
  status: { splitting: 'in_progress', embedding: 'completed' },
  progress: { stage: 'queued', done: 0, of: 1 },
};

/** While an embedding is under way. */
export const embeddingVoiceExample: VoiceDetails = {
  ...voiceDetailsExample,
  status: { splitting: 'completed', embedding: 'in_progress' },
  progress: { stage: 'embedding', done: 3, of: 12 },
};

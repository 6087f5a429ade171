import { describe, expect, it } from '@jest/globals';
import type { Schema } from '#libs/client';
import { bundleBytes, exportBytes, mostInMemory } from './expected-size.js';

const voice = (more: object) =>
  ({ original_duration: null, samples: [], embedding_info: null, ...more }) as unknown as Schema<'VoiceDetails'>;

describe('exportBytes', () => {
  it('counts the recording, its samples and what was embedded', () => {
    const samples = [{ duration: 10 }, { duration: 20 }];
    expect(bundleBytes(voice({ samples }))).toBe(360_000);
    expect(exportBytes(voice({ samples, original_duration: 100 }))).toBe(1_560_000);
    expect(exportBytes(voice({ embedding_info: { sample_scores: [{ score: 1 }] } }))).toBe(4_000_000);
  });

  it('is too large for the memory with five hours of audio', () => {
    expect(exportBytes(voice({ original_duration: 5 * 3600 }))).toBeGreaterThan(mostInMemory);
    expect(exportBytes(voice({ original_duration: 600 }))).toBeLessThan(mostInMemory);
  });
});

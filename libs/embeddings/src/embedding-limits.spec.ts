import { describe, expect, it } from '@jest/globals';
import { embeddingLimitBytes, refuseTooMuchToEmbed } from './embedding-limits.js';

const config = { runpodContract: '2', embeddingBytesPerSecond: 2_500_000, maxEmbeddingBytes: 20_000_000_000 } as const;

describe('embeddingLimitBytes', () => {
  it.each([
    [0.5, 16 * 1024 ** 2],
    [5, 16 * 1024 ** 2],
    [15, 37_500_000 + 1024 ** 2],
    [300, 750_000_000 + 1024 ** 2],
  ])('allows for %s s a file of %s bytes', (seconds, bytes) => {
    expect(embeddingLimitBytes(seconds, config)).toBe(bytes);
  });

  it('has room for what the models of pocket-tts make of 15 s', () => {
    const frames = 190; // float32 [2, 1, 190, 16, 64] for each layer
    const layerBytes = 2 * frames * 16 * 64 * 4;
    for (const layers of [6, 24]) expect(embeddingLimitBytes(15, config)).toBeGreaterThan(layers * layerBytes + 10_000);
  });
});

describe('refuseTooMuchToEmbed', () => {
  it('accepts what MAX_EMBEDDING_BYTES has room for, and refuses more with both lengths', () => {
    expect(() => refuseTooMuchToEmbed(8000, config)).not.toThrow();
    expect(() => refuseTooMuchToEmbed(8000.2, config)).toThrow(
      expect.objectContaining({
        code: 'too_much_to_embed',
        message: 'Voice has 8001 s of samples; at most 8000 s can be embedded',
      }),
    );
    expect(() => refuseTooMuchToEmbed(40, { ...config, maxEmbeddingBytes: 99_000_000 })).toThrow('at most 39 s');
  });

  it('leaves voices alone whose jobs are sent in contract version 1', () => {
    expect(() => refuseTooMuchToEmbed(1e6, { ...config, runpodContract: '1' })).not.toThrow();
  });
});
